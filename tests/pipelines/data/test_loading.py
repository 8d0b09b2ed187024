from __future__ import annotations

from itertools import islice

import pytest
import torch
from torch import Tensor
from torch.utils.data import Dataset

from pipelines.common.errors import Misuse
from pipelines.data.loading import EndlessBatches, Index, endless_loader


class Numbers(Dataset[Tensor]):
    """Item (epoch, number) is the two numbers themselves."""

    def __getitem__(self, index: Index) -> Tensor:
        return torch.tensor(index)


def first(count: int, **arguments: int) -> list[list[Index]]:
    return list(islice(EndlessBatches(**{"size": 10, "batch_size": 3, "seed": 1, **arguments}), count))


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4, 7, 12])
def test_a_later_start_sees_the_tail(start: int) -> None:
    assert first(10, start=start) == first(start + 10)[start:]


def test_each_epoch_shows_each_picture_at_most_once_in_another_order() -> None:
    batches = first(9)
    epochs = [[index for batch in batches[at : at + 3] for _, index in batch] for at in (0, 3, 6)]
    assert all(len(set(epoch)) == 9 and set(epoch) <= set(range(10)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]
    assert [batch[0][0] for batch in batches] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_every_picture_gets_its_turn() -> None:
    assert {index for batch in first(30) for _, index in batch} == set(range(10))


def test_another_seed_is_another_order() -> None:
    assert first(6, seed=2) != first(6)


def test_processes_share_each_batch() -> None:
    whole = first(5, batch_size=4)
    shares = []
    for rank in range(2):
        batches = EndlessBatches(10, 4, 1)
        batches.rank, batches.world = rank, 2
        shares.append(list(islice(batches, 5)))
    assert [sorted(one + two) for one, two in zip(*shares, strict=True)] == [sorted(batch) for batch in whole]


def test_less_than_a_batch_is_refused() -> None:
    with pytest.raises(Misuse) as error:
        EndlessBatches(2, 3, 1)
    assert (error.value.code, error.value.values) == ("data_less_than_a_batch", {"given": 2, "batch": 3})
    assert len(first(1, size=3)[0]) == 3


def test_workers_change_nothing() -> None:
    batches = [
        list(islice(endless_loader(Numbers(), 10, 3, seed=1, start=2, workers=workers), 6)) for workers in (0, 2)
    ]
    assert [batch.tolist() for batch in batches[0]] == [batch.tolist() for batch in batches[1]]
    assert [[tuple(row) for row in batch.tolist()] for batch in batches[0]] == first(6, start=2)
