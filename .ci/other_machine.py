"""Show that settings imitate another machine: `python .ci/other_machine.py ATEN_CPU_CAPABILITY=default`, or several.

Makes the same short film twice, without the settings and with them, and prints how far the latents are apart. Fails
where no bit changed (what is tried under these settings would be no other machine), where two threads give other bits
than one, where the engine takes the two machines for one, or where they are further apart than it says.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = 10


def make(path: str, threads: str) -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    sys.path.insert(0, str(ROOT))
    import torch

    from explainers.engine import Request, open_model, record, save_recording

    torch.set_num_threads(int(threads))
    asked = Request("a brown mammoth walks left in the snow", seed=3, steps=STEPS)
    save_recording(record(open_model("embedded"), asked).finish(), path)


def main(settings: list[str]) -> int:
    sys.path.insert(0, str(ROOT))
    from explainers.engine import CLOSE, load_recording

    other = dict(setting.split("=", 1) for setting in settings)
    runs = {"here": ({}, "1"), "there": (other, "1"), "there, two threads": (other, "2")}
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (changes, threads) in runs.items():
            path = str(Path(folder, name))
            subprocess.run(
                [sys.executable, __file__, "--make", path, threads], env={**os.environ, **changes}, check=True
            )
            made[name] = load_recording(path)
            print(f"{name}: {made[name].made_on}")
    here, there, threaded = made.values()
    apart = (there.latent - here.latent).abs().max().item()
    print(f"after {STEPS} steps latents are {apart:.1e} apart; the engine calls {CLOSE:g} close")
    wrong = {
        "no bit changed: these settings imitate nothing here": apart == 0,
        "bits changed, but the engine takes the two for one machine": there.made_on == here.made_on,
        "further apart than the engine says": apart > CLOSE,
        "two threads give other bits than one": not threaded.latent.equal(there.latent),
    }
    print("\n".join(what for what, holds in wrong.items() if holds))
    return any(wrong.values())


if __name__ == "__main__":
    sys.exit(make(*sys.argv[2:]) if sys.argv[1:2] == ["--make"] else main(sys.argv[1:]))
