"""The least that a page can be: words to read, and a film."""

from explainers.kit.lesson import Lesson
from explainers.kit.story import Look, Precisely

lesson = Lesson("second", story=[Look("first", step=1), Precisely("over")])
