"""Writes random texts with what Python makes of them, for PythonFuzzTest. Needs Python 3.11 (Unicode 14.0) and the regex package.

    python3 text_fuzz.py ../test/resources/reference/wordpiece/vocab.txt COUNT SEED > ../test/resources/io/medley/text/fuzz.jsonl

The texts are made to hit corners: marks that reorder, private use and unassigned characters, final sigmas, entities, special tokens in odd places.
The functions follow the definitions (BERT's basic tokenizer and WordPiece, transformers' lower-casing around special tokens, CLIP's cleaning and
pattern, BLIP's pre_caption and pre_question) in the slowest way, with Python's own character tables; they agree with all of reference/wordpiece.
"""

import html
import json
import random
import re
import sys
import unicodedata

import regex

BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
BLIP = ["[DEC]", "[ENC]"]
IDEOGRAPHS = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
              (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]
CLIP = regex.compile(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)


def is_space(c):
    return c in " \t\n\r" or unicodedata.category(c) == "Zs"


def is_dropped(c):
    return c in "\0\ufffd" or (not is_space(c) and unicodedata.category(c)[0] == "C")


def is_punctuation(c):
    return unicodedata.category(c)[0] == "P" or (c.isascii() and c.isprintable() and not c.isalnum() and c != " ")


def words(text):
    text = "".join(" " if is_space(c) else c for c in text if not is_dropped(c))
    text = "".join(f" {c} " if any(a <= ord(c) <= b for a, b in IDEOGRAPHS) else c for c in text)
    found = []
    for token in text.split():
        if token in BERT + BLIP:
            found.append(token)
            continue
        token = "".join(c for c in unicodedata.normalize("NFD", token.lower()) if unicodedata.category(c) != "Mn")
        found += "".join(f" {c} " if is_punctuation(c) else c for c in token).split()
    return found


def pieces(word, vocab):
    ids, start = [], 0
    while start < len(word):
        ends = [e for e in range(len(word), start, -1) if ("##" if start else "") + word[start:e] in vocab]
        if not ends or len(word) > 100:
            return [vocab["[UNK]"]]
        ids.append(vocab[("##" if start else "") + word[start:ends[0]]])
        start = ends[0]
    return ids


def encode(text, vocab):
    specials = "|".join(re.escape(s) for s in BLIP + BERT)
    text = re.sub(f"({specials})|(.+?)", lambda m: m.group(1) or m.group(2).lower(), text)
    ids = [vocab["[CLS]"]]
    for part in re.split(r"(\[DEC\]|\[ENC\])", text):
        ids += [vocab[part]] if part in BLIP else [i for word in words(part) for i in pieces(word, vocab)]
    return ids + [vocab["[SEP]"]]


def clip_words(text):
    text = html.unescape(html.unescape(text)).strip()
    return CLIP.findall(regex.sub(r"\s+", " ", text).strip().lower())


def first_words(text, count):
    return " ".join(text.split(" ")[:count])


def pre_caption(text, count):
    text = re.sub(r"\s{2,}", " ", re.sub(r'([.!"()*#:;~])', " ", text.lower()))
    return first_words(text.rstrip("\n").strip(" "), count)


def pre_question(text, count):
    return first_words(re.sub(r'([.!"()*#:;~])', "", text.lower()).rstrip(" "), count)


def main(vocab_file, count, seed):
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}; use Python 3.11, whose tables are 14.0.0")
    rng = random.Random(seed)
    with open(vocab_file, encoding="utf-8") as file:
        vocab = {token.rstrip("\n"): i for i, token in enumerate(file)}
    for token in BLIP:
        vocab.setdefault(token, len(vocab))
    assigned = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Cs")]
    marks = [c for c in assigned if unicodedata.combining(c)]
    spacing_marks = [c for c in marks if unicodedata.category(c) != "Mn"]
    bits = list(vocab) + BERT * 3 + BLIP * 6 + [" "] * 60 + ["  ", "\n", "\t", "\u200b", "'s", "&amp;", "&lt", "&#65;", "\u03a3", "\u0391\u03a3",
            "\u0130", "\u017f", "'", "<|startoftext|>", "[", "]", ".", ",", "\u0345", "\x1c", "\u2028", "\x85"]
    pools = [bits] * 12 + [[chr(c) for c in range(32, 127)]] * 3 + [marks] * 2 + [spacing_marks, assigned, assigned]
    for _ in range(count):
        picks = [rng.choice(rng.choice(pools)) for _ in range(rng.randrange(1, 20))]
        if rng.random() < 0.2:
            picks.append(chr(rng.choice([0x378, 0x88F, 0x1C89, 0x16D40, 0x2FFC0, 0x10FFFF])))  # unassigned in 14.0, some assigned later
        text = "".join(picks)
        case = {"text": text, "words": words(text), "ids": encode(text, vocab), "caption": pre_caption(text, 4), "question": pre_question(text, 4)}
        if all(unicodedata.category(c) != "Cn" for c in html.unescape(html.unescape(text))):  # regex brings newer tables of its own
            case["clip"] = clip_words(text)
        print(json.dumps(case))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
