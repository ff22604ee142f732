"""A policy that `recurve export onnx` wrote: states of users, logits of items, probabilities of a first position.

The rules are those of manifest.json, which holds an example of each; opening a policy checks this code against them.
Needs numpy and onnxruntime.
"""

import json
import math
import re
from pathlib import Path

import numpy as np
import onnxruntime as ort


def hash32(text):
    h = 0x811C9DC5
    units = text.encode("utf-16-le")
    for i in range(0, len(units), 2):
        h = ((h ^ int.from_bytes(units[i : i + 2], "little")) * 0x01000193) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return h ^ (h >> 16)


def fields(path, value, depth=0):
    """Fields of a JSON value: (has one value, its features), a feature being (name, weight)."""
    if value is None or depth > 4:
        return []
    if isinstance(value, bool):
        return [(True, [(f"{path}={str(value).lower()}", 1.0)])]
    if isinstance(value, (int, float)):
        squashed = math.copysign(math.log1p(abs(value)), value) / 4
        return [(True, [(path, max(-5.0, min(5.0, squashed)))])]
    if isinstance(value, str):
        words = list(dict.fromkeys(word for word in re.split(r"[\W_]+", value.lower()) if len(word) > 2))
        if words and re.search(r"\s", value):
            return [(False, [(f"{path}={word}", 1.0) for word in words[: 4 if len(words) > 16 else None]])]
        return [(True, [(f"{path}={value}", 1.0)])]
    if isinstance(value, list):
        entries = [field for entry in value for field in fields(path, entry, depth + 1)]
        return [(False, [feature for _, features in entries for feature in features])]
    return [field for key in value for field in fields(f"{path}.{key}", value[key], depth + 1)]


def keep(given, limit):
    """Fields with one value come first; the others take turns for the rest, one feature each."""
    single = [index for index, (is_single, _) in enumerate(given) if is_single]
    others = [index for index, (is_single, _) in enumerate(given) if not is_single]
    turns = [index for turn in range(limit) for index in others if turn < len(given[index][1])]
    chosen = (single + turns)[:limit]
    return [feature for index in single + others for feature in given[index][1][: chosen.count(index)]]


def pool_weights(signals):
    """Weight of each event in the four pools, [4, events]."""
    x, n = np.array(signals), len(signals)
    age = np.arange(n)[::-1]
    decay = [0.5 ** (age / half_life) for half_life in (10, 2)]
    return np.array([np.full(n, 1 / n), x / n, *(x * d / d.sum() for d in decay)])


class ExportedPolicy:
    """A history is a list of (type, item, value) of the user's events, oldest first."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        self.items, self.rules = self.manifest["items"], self.manifest["history"]
        self.embeddings, self.biases = self._floats(self.items["embeddings"]), self._floats(self.items["biases"])
        self.row = {item: index for index, item in enumerate(self.items["ids"])}
        withdrawn = {self.items["ids"][index] for index in self.items["unavailable"]}
        self.candidates = [item for item in self.items["ids"] if item not in withdrawn]
        self.encoder = ort.InferenceSession(self.folder / self.manifest["encoder"]["file"])
        self.scorer = ort.InferenceSession(self.folder / self.manifest["scorer"]["file"])
        self._check()

    def encode(self, history, context={}, user_attributes={}):
        """State of a user, [width]."""
        return self.encoder.run(["encoded"], self.state_feeds(history, context, user_attributes))[0][0, 0]

    def logits(self, history, candidates, context={}, user_attributes={}):
        encoded = self.encode(history, context, user_attributes)
        return self.scorer.run(["logits"], self.item_feeds(encoded, history, candidates))[0][0, 0]

    def probabilities(self, history, candidates, context={}, user_attributes={}):
        """P of each candidate at the first position, exploration included."""
        slate = self.manifest["slate"]
        z = self.logits(history, candidates, context, user_attributes) / slate["temperature"]
        chosen = np.exp(z - z.max())
        return (1 - slate["exploration"]) * chosen / chosen.sum() + slate["exploration"] / len(candidates)

    def state_feeds(self, history, context={}, user_attributes={}):
        """Inputs of encoder.onnx."""
        shapes = {tensor["name"]: tensor["shape"] for tensor in self.manifest["encoder"]["inputs"]}
        newest = history[-self.rules["length"] :]
        width = shapes["pooled"][2] // 4
        pooled = np.zeros((4, width))
        if newest:
            rows = self._rows([item for _, item, _ in newest])
            pooled = pool_weights(self._signals(newest)) @ self.embeddings[0, rows, :width]
        tokens = np.zeros(shapes["contextTokens"], np.int32)
        weights = np.zeros(shapes["contextTokens"], np.float32)
        for slot, (index, weight) in enumerate(self._tokens(context, user_attributes)):
            tokens[0, slot], weights[0, slot] = index, weight
        state = {
            "pooled": pooled.reshape(1, 1, 4 * width).astype(np.float32),
            "contextTokens": tokens,
            "contextWeights": weights,
            **self._event_feeds(history),
        }
        return {name: state[name] for name in shapes}

    def item_feeds(self, encoded, history, candidates):
        """Inputs of scorer.onnx."""
        rows = self._rows(candidates)
        return {
            "encoded": np.reshape(encoded, (1, 1, -1)),
            "embeddings": self.embeddings[:, rows],
            "biases": self.biases[:, :, rows],
            **self._chain_feeds(history, rows),
        }

    def _check(self):
        features, pools = self.manifest["features"]["example"], self.rules["example"]
        tokens = self._tokens(features["context"], features["userAttributes"])
        assert np.allclose(tokens, [(token["index"], token["weight"]) for token in features["tokens"]])
        assert np.allclose(pool_weights(pools["signals"]), pools["poolWeights"])

    def _floats(self, part):
        return np.fromfile(self.folder / part["file"], "<f4").reshape(part["shape"])

    def _rows(self, items):
        return [self.row.get(item, self.items["unknownRow"]) for item in items]

    def _signals(self, history):
        weights, scale = self.rules["weights"], self.rules["scale"]
        return np.clip([weights.get(type, 0) * value / scale for type, _, value in history], -1, 1)

    def _tokens(self, context, user_attributes):
        features = self.manifest["features"]
        kept = json.loads(json.dumps(user_attributes, sort_keys=True))  # as the record keeps them
        named = keep(fields("context", context) + fields("user", kept), features["limit"])
        scale = 1 / math.sqrt(max(1, len(named)))
        return [(hash32(name) % features["buckets"], weight * scale) for name, weight in named]

    def _known_events(self, history):
        """For a policy on an encoder of events: rows of the newest ones that it reads."""
        newest = history[-self.rules["events"]["read"] :]
        known = [
            self.items["eventRows"][self.row[item]]
            for (_, item, _), signal in zip(newest, self._signals(newest))
            if signal >= 0 and item in self.row
        ]
        return [event for event in known if event >= 0][-self.rules["events"]["length"] :]

    def _event_feeds(self, history):
        """The same in the last cells."""
        events = self.rules.get("events")
        if events is None:
            return {}
        known = self._known_events(history)
        feeds = {name: np.zeros((1, events["length"]), np.int32) for name in ("events", "places", "segments")}
        feeds["segments"][0, -1] = 1
        if count := len(known):
            feeds["events"][0, -count:] = known
            feeds["places"][0, -count:] = range(count)
            feeds["segments"][0, -count:] = 1
        return {**feeds, "isCold": np.full((1, 1), float(not known), np.float32)}

    def _chain_feeds(self, history, rows):
        """For a policy with a chain: the log-probability of each candidate."""
        chain = self.rules.get("events", {}).get("chain")
        if chain is None:
            return {}
        known, logs = self._known_events(history), np.zeros(len(rows))
        if known:
            read = lambda part, type: np.fromfile(self.folder / chain[part]["file"], type)
            lengths, successors, weights = read("lengths", "<i4"), read("successors", "<i4"), read("weights", "<f4")
            ends = np.cumsum(lengths)
            scores = np.zeros(len(lengths) + 1)
            for age, event in enumerate(known[::-1][: chain["window"]]):
                own = slice(ends[event] - lengths[event], ends[event])
                scores[successors[own]] += chain["decay"] ** age * weights[own]
            shares = np.array(self.items["shares"])[rows]
            # The last cell stands for candidates without an event row, −1.
            found = scores[np.array(self.items["eventRows"])[rows]]
            share, total = chain["popularityShare"], scores.sum()
            logs = np.log((1 - share) * found / total + share * shares if total else shares)
        return {"chain": logs.reshape(1, 1, -1).astype(np.float32)}
