"""A tokenizer in CLIP's format, to which each word of the captions is one token."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

from tokenizers import pre_tokenizers
from transformers import CLIPTokenizer

LONGEST = 32  # tokens of a prompt, with those that begin and end it
END = "</w>"  # of a word
MARKS = ("<|startoftext|>", "<|endoftext|>")
Pair = tuple[str, str]


def make_tokenizer(text: str) -> CLIPTokenizer:
    """Return a tokenizer that knows a text's words, the same for the same text; of any other word it has the letters.

    Byte-pair encoding (Sennrich et al., Neural machine translation of rare words with subword units, 2016) with as many
    merges as it takes.
    """
    reference: Any = CLIPTokenizer()  # of whose format the rules of cutting are
    backend = reference.backend_tokenizer
    pieces = backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))
    merges: Any = learn_merges({piece for piece, _ in pieces})
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(letter + END for letter in letters), *(one + other for one, other in merges), *MARKS]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    tokenizer: CLIPTokenizer = CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=LONGEST)
    return tokenizer


def words_of(text: str) -> list[str]:
    """Return a text's words as the tokenizer cuts them: an ending such as ``'s`` and each figure by itself."""
    reference: Any = CLIPTokenizer()
    backend = reference.backend_tokenizer
    normal = backend.normalizer.normalize_str(text)
    pieces = (normal[start:end] for _, (start, end) in backend.pre_tokenizer.pre_tokenize_str(normal))
    return [piece for piece in pieces if any(sign.isalnum() for sign in piece)]


def learn_merges(words: set[str]) -> list[Pair]:
    """Return what is joined, the commonest neighbours first, until each word is whole."""
    spelt = [[*word[:-1], word[-1] + END] for word in sorted(words)]
    merges: list[Pair] = []
    while True:
        pairs = Counter(pair for word in spelt for pair in itertools.pairwise(word))
        if not pairs:
            return merges
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        spelt = [joined(word, best) for word in spelt]


def joined(word: list[str], pair: Pair) -> list[str]:
    """Return a word with each occurrence of a pair as one."""
    found: list[str] = []
    for letter in word:
        if found and (found[-1], letter) == pair:
            found[-1] += letter
        else:
            found.append(letter)
    return found
