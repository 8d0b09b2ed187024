"""The training loop: precision, averaging, checkpoints, exact resume and an orderly stop for any objective."""

from __future__ import annotations

import contextlib
import logging
import math
import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal

import torch
from torch import Tensor, nn
from tqdm import tqdm

from pipelines.common import device
from pipelines.common.errors import Misuse, StudioError
from pipelines.training.acceleration import make_accelerator, send, tracking
from pipelines.training.averaging import MovingAverage
from pipelines.training.beginning import Effort, checkpoint_to_begin_with, write_stages
from pipelines.training.checkpoints import Checkpoint, CheckpointStore, restore_optimizer, sync, telling_of_full_disk
from pipelines.training.config import TrainingConfig
from pipelines.training.objective import Objective
from pipelines.training.run import Run
from pipelines.training.stepping import Stepper
from pipelines.training.surroundings import ending_workers, logging_to, stopping_on_signals

logger = logging.getLogger("pipelines.training")
Outcome = Literal["finished", "stopped"]


class Trainer:
    """Teach an objective's modules, writing a run directory.

    A run that stopped, or was killed at any moment, goes on from its last checkpoint when ``fit`` is called again, and
    ends with the same weights to the bit as an unbroken one on the same processor (on CUDA some operations add up in no
    fixed order): batch ``n`` and every random number of step ``n`` are functions of (seed, n), so that nothing but
    weights and optimisers needs to be restored.

    Args:
        objective: what to teach.
        config: its settings.
        run: where it writes; already prepared.
        progress: show a progress bar on stderr.
    """

    def __init__(self, objective: Objective, config: TrainingConfig, run: Run, *, progress: bool = False) -> None:
        self.objective = objective
        self.config = config
        self.run = run
        self.progress = progress
        self.stop = threading.Event()
        self.store = CheckpointStore(run.checkpoints, config.keep)
        self.accelerator = make_accelerator(config, run)
        self.effort = Effort(str(run.settings()["system"]), getattr(objective, "begun_with", ()))
        self.averages = {
            name: MovingAverage(objective.modules[name], config.ema_decay).to(self.accelerator.device)
            for name in objective.averaged
        }
        for name, module in objective.modules.items():
            layout: Any = device.memory_format(self.accelerator.device)
            objective.modules[name] = self.accelerator.prepare(module.to(memory_format=layout))
        for name, optimizer in objective.optimizers.items():
            objective.optimizers[name] = self.accelerator.prepare(optimizer)
        self.stepper = Stepper(objective, config, self.accelerator, self.averages)

    def fit(self) -> Outcome:
        """Train until the last step, or until asked to stop by SIGTERM, Ctrl-C or the ``stop`` flag.

        Raises:
            StudioError: a loss is no longer a number, or the disk is full.
        """
        with self._surroundings(), telling_of_full_disk(self.run.path.name):
            step = self._restore()
            outcome = self._loop(step)
            logger.info("%s at step %d", outcome, self.step_reached)
            return outcome

    def _loop(self, first: int) -> Outcome:
        config, started = self.config, time.monotonic()
        self.step_reached = saved = first
        if first == 0 and self.accelerator.is_main_process:
            self._preview(0)
        batches = iter(self.objective.batches(first * config.accumulate))
        hidden = not (self.progress and self.accelerator.is_main_process)
        bar = tqdm(total=config.steps, initial=first, desc="training", disable=hidden, mininterval=1.0)
        for step in range(first + 1, config.steps + 1):
            if self._asked_to_stop():
                break
            scalars = self.stepper(step, batches)
            self.step_reached = step
            bar.update()
            last = step == config.steps
            if step % config.log_every == 0 or step % config.checkpoint_every == 0 or last:
                numbers = self._finite(step, scalars)
                self._record("train", step, time.monotonic() - started, numbers)
            if self.accelerator.is_main_process:
                self._report(step, time.monotonic() - started, last)
            if step % config.checkpoint_every == 0 or last:
                if step not in self.store.steps():  # the best one so far is there already
                    self._save(step)  # after the report, so that one who is killed in it goes on from before it
                saved = step
        bar.close()
        if self.step_reached > saved:
            self._save(self.step_reached)
        if first == config.steps and not (self.run.exports / "last").exists() and self.accelerator.is_main_process:
            self._export("last")  # a run killed between its last checkpoint and its export
        return "stopped" if self.step_reached < config.steps else "finished"

    def _asked_to_stop(self) -> bool:
        """Say whether any process was asked to stop: all must leave the loop at the same step."""
        if self.accelerator.num_processes == 1:
            return self.stop.is_set()
        asked = torch.tensor(float(self.stop.is_set()), device=self.accelerator.device)
        return bool(self.accelerator.reduce(asked, "sum") > 0)

    def _finite(self, step: int, scalars: dict[str, Tensor]) -> dict[str, float]:
        """Return the scalars as numbers, or refuse to go on with one that is none."""
        numbers = {name: float(value) for name, value in scalars.items()}
        for name, number in numbers.items():
            if not math.isfinite(number):
                raise StudioError("training_diverged", name=name, given=number, step=step)
        return numbers

    def _check_weights(self, step: int) -> None:
        """Weights that are no longer finite must never reach a checkpoint or an export."""
        for name, module in self.objective.modules.items():
            if not all(bool(parameter.isfinite().all()) for parameter in module.parameters()):
                raise StudioError("training_diverged", name=f"{name}'s weights", given="not finite", step=step)

    def _report(self, step: int, seconds: float, last: bool) -> None:
        """Preview, evaluate and export when it is time; each from the averaged weights."""
        if step % self.config.preview_every == 0 or last:
            self._preview(step)
        if step % self.config.evaluate_every == 0 or last:
            with self.averaged():
                metrics = dict(self.objective.evaluate())
            self._record("evaluate", step, seconds, metrics)
            self._mark_best(step, metrics)
        if last or (self.config.export_every and step % self.config.export_every == 0):
            self._export("last" if last else f"step-{step:08d}")

    def _preview(self, step: int) -> None:
        with self.averaged():
            self.run.save_preview(step, self.objective.preview())

    def _export(self, name: str) -> None:
        temporary = self.run.exports / f".{name}"
        shutil.rmtree(temporary, ignore_errors=True)
        self._check_weights(self.step_reached)
        with self.averaged():
            self.objective.export(temporary)
        write_stages(self.effort.stages(self.step_reached), temporary)
        for path in (*temporary.rglob("*"), temporary):
            sync(path)
        shutil.rmtree(self.run.exports / name, ignore_errors=True)
        temporary.rename(self.run.exports / name)
        sync(self.run.exports)

    def _mark_best(self, step: int, metrics: dict[str, float]) -> None:
        if self.config.watch is None:
            return
        if self.config.watch not in metrics:
            self._save(step)  # another may be named when the run goes on
            allowed = ", ".join(metrics) or "null"
            raise Misuse("argument_unknown", name="watch", given=self.config.watch, allowed=allowed)
        best, value = self.store.best(self.config.watch), metrics[self.config.watch]
        if math.isfinite(value) and (best is None or value < best[1]):
            self._export("best")
            if step not in self.store.steps():
                self._save(step)
            self.store.mark_best(step, value, self.config.watch)

    def _record(self, kind: str, step: int, seconds: float, scalars: dict[str, float]) -> None:
        if not self.accelerator.is_main_process:
            return
        self.run.append_metrics(kind, step, seconds, scalars)
        send(self.accelerator, self.config, {f"{kind}/{name}": value for name, value in scalars.items()}, step)
        if kind == "evaluate":
            logger.info("step %d: %s", step, ", ".join(f"{name} {value:.4f}" for name, value in scalars.items()))

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the averaged weights in place of the trained ones, all modules in evaluation mode, without gradients."""
        trained = dict(self.objective.modules)
        try:
            for name, average in self.averages.items():
                self.objective.modules[name] = average.module
            for module in self.objective.modules.values():
                module.eval()
            with torch.no_grad(), self.accelerator.autocast():
                yield
        finally:
            self.objective.modules.update(trained)

    def _save(self, step: int) -> None:
        self._check_weights(step)
        if not self.accelerator.is_main_process:
            return
        modules = {name: self.accelerator.unwrap_model(module) for name, module in self.objective.modules.items()}
        state = {
            "modules": state_dicts(modules),
            "averages": state_dicts(self.averages),
            "given": dict(getattr(self.objective, "given", {})),
            "trained": [dict(stage) for stage in self.effort.stages(step)],
            "scaler": self.accelerator.scaler.state_dict() if self.accelerator.scaler is not None else {},
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.objective.optimizers.items()},
        }
        self.store.save(Checkpoint(step, state))

    def _restore(self) -> int:
        """Load the last checkpoint of this run, or the weights of the run to start from; return the step reached."""
        if self.accelerator.is_main_process:
            self.store.sweep()
        checkpoint = self.store.load_last()
        if checkpoint is None and self.config.start_from is not None:
            modules = {name: self.accelerator.unwrap_model(one) for name, one in self.objective.modules.items()}
            other = checkpoint_to_begin_with(self.config.start_from, modules)
            self.effort.before = other.state.get("trained", [])
            try:
                missing = self._load_modules(other.state, partly=True)
            except (KeyError, RuntimeError) as error:
                detail = str(error).splitlines()[0]
                raise Misuse("weights_mismatch", name=self.config.start_from, detail=detail) from error
            for average in self.averages.values():
                average.n_averaged.zero_()  # what was averaged there, perhaps at another size, weighs no more here
            if missing:
                logger.info("%s has no %s: untrained here", self.config.start_from, ", ".join(missing))
            logger.info("starting from %s, of %d steps", self.config.start_from, other.step)
        if checkpoint is None:
            if self.accelerator.is_main_process:
                self.run.forget_after(0)
            return 0
        given = getattr(self.objective, "given", {})
        for name, sha256 in checkpoint.state.get("given", {}).items():
            if given.get(name) != sha256:
                raise Misuse("weights_mismatch", name=name, detail="the run began with others of this name")
        try:
            self._load_modules(checkpoint.state)
        except (KeyError, RuntimeError) as error:  # its data, for example, has more pictures than before
            raise Misuse("weights_mismatch", name=self.run.path.name, detail=str(error).splitlines()[0]) from error
        self.effort = Effort.resumed(self.effort.system, checkpoint.state.get("trained", []))
        for name, optimizer in self.objective.optimizers.items():
            restore_optimizer(getattr(optimizer, "optimizer", optimizer), checkpoint.state["optimizers"][name])
        if self.accelerator.scaler is not None:
            self.accelerator.scaler.load_state_dict(checkpoint.state["scaler"])
        if self.accelerator.is_main_process:
            self.run.forget_after(checkpoint.step)
        logger.info("resuming from step %d", checkpoint.step)
        return checkpoint.step

    def _load_modules(self, state: dict[str, Any], *, partly: bool = False) -> list[str]:
        """Load the networks and their averages; return those that the state lacks, which ``partly`` leaves untrained.

        Raises:
            KeyError: a network, or with ``partly`` every one, is missing.
            RuntimeError: a network is of another shape.
        """
        modules, averages = state["modules"], state["averages"]
        if partly:
            own = getattr(self.objective, "of_data", ())
            modules = {name: weights for name, weights in modules.items() if name not in own}
        missing = [name for name in self.objective.modules if name not in modules]
        if missing and (not partly or len(missing) == len(self.objective.modules)):
            raise KeyError(missing[0])
        for name in modules.keys() & self.objective.modules.keys():
            self.accelerator.unwrap_model(self.objective.modules[name]).load_state_dict(modules[name])
        for name, average in self.averages.items():
            if name in averages:
                average.load_state_dict(averages[name])
            elif partly and name not in missing:
                average.module.load_state_dict(modules[name])
        return missing

    @contextlib.contextmanager
    def _surroundings(self) -> Iterator[None]:
        """Keep a log, listen to signals and send metrics on, while it trains."""
        with contextlib.ExitStack() as stack:
            if self.accelerator.is_main_process:
                stack.enter_context(logging_to(self.run.log_file))
            stack.enter_context(stopping_on_signals(self.stop))
            stack.enter_context(ending_workers())
            stack.enter_context(tracking(self.accelerator, self.config, self.run))
            yield


def state_dicts(modules: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each module's state."""
    return {name: dict(module.state_dict()) for name, module in modules.items() if isinstance(module, nn.Module)}
