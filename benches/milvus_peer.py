"""Hybrid search in milvus-lite over the documents and queries that `datafyme bench --export` wrote.

Usage: milvus_peer.py DIR

Dense vectors as exported (cosine), words as sparse vectors with BM25 weights, both fused by reciprocal rank: what our
index does. Prints one line of JSON: documents, and p50 and p95 of a search in milliseconds.
"""

import json
import math
import pathlib
import re
import sys
import tempfile
import time
from collections import Counter

import numpy
from pymilvus import AnnSearchRequest, DataType, MilvusClient, RRFRanker

K1, B = 1.2, 0.75
# How long it is asked at most: one search can take it seconds.
SECONDS = 20


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    texts = [json.loads(line) for line in (folder / "texts.jsonl").open()]
    queries = [json.loads(line) for line in (folder / "queries.jsonl").open()]
    dimensions = len(queries[0]["vector"])
    vectors = numpy.fromfile(folder / "vectors.f32", dtype="<f4").reshape(-1, dimensions)

    documents = [Counter(words(text)) for text in texts]
    holding = Counter(word for document in documents for word in document)
    ids = {word: number for number, word in enumerate(holding)}
    mean = sum(sum(document.values()) for document in documents) / len(documents)

    def weights(document: Counter) -> dict[int, float]:
        length = sum(document.values())
        return {
            ids[word]: times * (K1 + 1) / (times + K1 * (1 - B + B * length / mean)) for word, times in document.items()
        }

    def query_weights(text: str) -> dict[int, float]:
        known = {word for word in words(text) if word in ids}
        rarity = {word: math.log(1 + (len(texts) - holding[word] + 0.5) / (holding[word] + 0.5)) for word in known}
        return {ids[word]: value for word, value in rarity.items()}

    with tempfile.TemporaryDirectory() as place:
        client = MilvusClient(f"{place}/peer.db")
        schema = client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimensions)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        index = client.prepare_index_params()
        index.add_index("dense", index_type="FLAT", metric_type="IP")
        index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        client.create_collection("documents", schema=schema, index_params=index)
        for start in range(0, len(texts), 1000):
            rows = [
                {"id": n, "dense": vectors[n].tolist(), "sparse": weights(documents[n])}
                for n in range(start, min(start + 1000, len(texts)))
            ]
            client.insert("documents", rows)
        client.flush("documents")
        client.load_collection("documents")

        times = []
        stop = time.perf_counter() + SECONDS
        for query in queries:
            if len(times) > 1 and time.perf_counter() > stop:
                break
            began = time.perf_counter()
            dense = AnnSearchRequest([query["vector"]], "dense", {"metric_type": "IP"}, limit=100)
            sparse = AnnSearchRequest([query_weights(query["text"])], "sparse", {"metric_type": "IP"}, limit=100)
            client.hybrid_search("documents", [dense, sparse], RRFRanker(60), limit=10)
            times.append((time.perf_counter() - began) * 1000)
        client.close()
    times = sorted(times[1:])
    at = lambda percent: times[min(len(times) - 1, len(times) * percent // 100)]
    print(json.dumps({"documents": len(texts), "p50_ms": at(50), "p95_ms": at(95)}))


main()
