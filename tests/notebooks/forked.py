"""Kernels that need not import torch anew: forked from a process that has, where the system can fork.

    forked_kernels(monkeypatch)
    export.executed(path)  # half as long

Such a kernel is a process of its own that reads its connection file and speaks to its client as any other. What is
imported beforehand stands in imported.py.
"""

import multiprocessing
import os
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def forked_kernels(monkeypatch):
    """From now on, kernels that Jupyter starts on this machine are forked."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        monkeypatch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", Forked)


@cache
def forks():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.notebooks.imported"])
    return context


class Forked:
    """What Jupyter asks of a process that it has started, answered as subprocess.Popen does."""

    stdin = stdout = stderr = None

    def __init__(self, command, *, env, cwd, **_):
        begun = forks().Event()
        arguments = command[command.index("ipykernel_launcher") + 1 :]
        self.process = forks().Process(target=kernel, args=(arguments, env, cwd, begun))
        self.process.start()
        begun.wait()  # Jupyter asks at once which group of processes it may end
        self.pid = self.process.pid

    def poll(self):
        return self.process.exitcode

    def wait(self):
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def terminate(self):
        self.process.terminate()

    def kill(self):
        self.process.kill()


def kernel(arguments, env, cwd, begun):
    """What `python -m ipykernel_launcher` does, in a process that is there already."""
    from ipykernel import kernelapp

    os.setsid()
    begun.set()
    env.pop("JPY_PARENT_PID", None)  # it is another process's child
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.path[:] = [place for place in sys.path if Path(place).resolve() not in (ROOT, Path(cwd).resolve())]
    kernelapp.launch_new_instance(argv=arguments)
