"""Write a cross-encoder of a few kilobytes with random weights: `python tiny_model.py FOLDER`, run by Infinity's own Python.

It ranks by chance, the same way every time. What it shows is the server around it.
"""

import sys
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_TOKENS = 512


def write(folder: Path, seed: int = 7) -> None:
    """Write model and tokenizer: two layers, 32 dimensions, single characters for a vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    signs = [chr(code) for code in range(33, 127)] + [chr(code) for code in range(0x4E00, 0x4E00 + 512)]
    words = [*_SPECIAL, *signs, *(f"##{sign}" for sign in signs[:94])]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=_TOKENS,
        num_labels=1,
        initializer_range=0.4,
    )
    model = BertForSequenceClassification(config)
    # Spread out, so that scores of different texts differ by more than what a service may wobble.
    model.classifier.weight.data.mul_(1.5)
    model.save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=_TOKENS).save_pretrained(folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
