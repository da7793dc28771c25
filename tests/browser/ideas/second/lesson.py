"""A lesson with nothing in it but words: the least that a page can be."""

from explainers.kit.lesson import Lesson

lesson = Lesson("second")
