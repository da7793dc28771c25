"""How assets/model was made, stage by stage. Each stage goes on where it was stopped.

python -m training                                   what the stages are
python -m training picture-codec --config small      one stage
python -m training all --config toy                  the whole chain, in minutes, to see that it runs
python -m training burst --config medium --minutes 9 --out left
accelerate launch -m training transformer --config medium --minutes 10
"""

import argparse
import time
from functools import partial
from pathlib import Path

BEGAN = time.monotonic()  # before the imports, which take some of a burst's minutes

STAGES = {
    "adopt": "go on with an unfinished or a published training where no checkpoint is at hand",
    "save-unfinished": "pack this training for another machine, small enough for the repository",
    "burst": "codecs, transformer and decoder in a given number of minutes on one device, from whatever lies in --out",
    "picture-codec": "learn to squeeze films: a block of pixels into one cell of numbers",
    "decoder": "train the way back to pixels further, while the latents stay as they are",
    "sound-codec": "learn to squeeze sound: one frame's worth of waveform into one slice of numbers",
    "gate": "is the codec good enough to go on? exits with 1 if not",
    "latents": "render and encode the films that the transformer will see",
    "transformer": "learn to turn noise and words into films",
    "reader": "learn to read subject, colour, place and motion off rendered films: the judge's eyes",
    "text": "learn to write captions by unhiding their words; writes assets/text",
    "publish": "write assets/model",
    "clips": "write assets/clips: a few rendered films with their true tracks",
    "skewed": "train a little further in a one-sided world: the second model of the lesson on learning",
    "catalogue": "list what the films of training held and where each lies, to see whether the model copies",
    "limits": "what the model can't do, and how often: the rates on the page of limits",
    "evaluate": "judge the published model: the table of figures",
    "physics": "measure how it falls, inside and outside of what it saw: the tables of the page on physics",
}
APART = ("adopt", "save-unfinished", "burst")  # not links of the whole chain


def main() -> None:
    described = "\n".join(f"  {name:14} {what}" for name, what in STAGES.items())
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description=__doc__,
        epilog=f"stages, in order:\n{described}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stage", nargs="?", choices=[*STAGES, "all"], help="without one, this text")
    parser.add_argument("--config", default="small", choices=["small", "medium", "toy", "toy-medium"])
    parser.add_argument("--folder", type=Path, help="where checkpoints and caches live (default: runs/<config>)")
    parser.add_argument("--out", type=Path, default=Path("assets/model"), help="where publish writes")
    parser.add_argument("--minutes", type=float, help="stop after this long; the next call goes on from there")
    parser.add_argument("--threads", type=int, help="processor threads; more than there are free cores makes it crawl")
    arguments = parser.parse_args()
    if not arguments.stage:
        parser.print_help()
        return
    folder = arguments.folder or Path("runs") / arguments.config
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    for stage in [s for s in STAGES if s not in APART] if arguments.stage == "all" else [arguments.stage]:
        run(stage, arguments.config, folder, arguments.out, arguments.minutes, whole_chain=arguments.stage == "all")


def run(stage: str, config_name: str, folder: Path, out: Path, minutes: float | None, whole_chain: bool) -> None:
    import diffusers

    diffusers.logging.set_verbosity_error()
    if stage == "burst":  # alone: it runs where not everything is installed that other stages want
        from .burst import burst
        from .config import CONFIGS

        burst(CONFIGS[config_name], out, BEGAN + 60 * (minutes or 10.0))
        return

    from . import text
    from .codec import decoder, gate, latents, picture_codec, sound_codec
    from .config import CONFIGS
    from .denoiser import transformer
    from .judge import evaluate, limits, physics, reader
    from .publish import catalogue, clips, pipeline, skewed
    from .run import adopt, unfinished
    from .run.state import load_state

    config = CONFIGS[config_name]
    if stage == "gate":
        vae = picture_codec.build(config)
        vae.load_state_dict(load_state(folder / "picture-codec" / "checkpoint")[0]["vae"])
        found = gate.judge(vae.eval(), config, clips=8 if config.toy else 48)
        print(found, "passed" if found.passed else f"not passed: it must reach {gate.MUST}")
        if not found.passed and not whole_chain:
            raise SystemExit(1)
    elif stage == "adopt":
        adopt.adopt(config, folder, out)
    elif stage == "save-unfinished":
        left_out = unfinished.pack(folder, unfinished.HERE, config, unfinished.SHIPPED, level=9)
        print(f"{unfinished.HERE}: all but {', '.join(left_out)}" if left_out else f"{unfinished.HERE}: all of it")
    elif stage == "publish":
        pipeline.publish(config, folder, out)
    elif stage == "clips":
        clips.publish_clips(config, out.parent / "clips")
    elif stage == "catalogue":
        catalogue.build(config, folder, out)
    elif stage == "limits":
        limits.measure(config, out)
    elif stage == "evaluate":
        evaluate.evaluate(config, folder, out)
    elif stage == "physics":
        physics.physics(config, folder, out)
    else:
        work = {
            "skewed": partial(skewed.train, out=out),
            "picture-codec": picture_codec.train,
            "decoder": decoder.train,
            "sound-codec": partial(sound_codec.train, published=out),
            "latents": latents.build,
            "transformer": transformer.train,
            "reader": reader.train,
            "text": text.train,
        }[stage]
        unfinished.unpack(folder, folder, config)  # what a burst left there
        done = work(config, folder, minutes=minutes)
        if done and stage == "text":
            text.publish(config, folder, out.parent / "text")
        print(f"{stage}: {'done' if done else 'stopped; the same command goes on from here'}")


if __name__ == "__main__":
    main()
