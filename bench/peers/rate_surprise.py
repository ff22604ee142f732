"""Fits Surprise's SVD and BaselineOnly, with their defaults, and prints their errors.

python rate_surprise.py <training.csv> <held-out.csv>: user,item,rating a line
"""

import json
import sys

import pandas as pd
from surprise import SVD, BaselineOnly, Dataset, Reader, accuracy

training, held_out = (pd.read_csv(path, header=None, names=["user", "item", "rating"]) for path in sys.argv[1:])
reader = Reader(rating_scale=(training.rating.min(), training.rating.max()))
fold = Dataset.load_from_df(training, reader).build_full_trainset()
test = list(held_out.itertuples(index=False, name=None))


def errors(algorithm):
    predictions = algorithm.fit(fold).test(test)
    return {"rmse": accuracy.rmse(predictions, verbose=False), "mae": accuracy.mae(predictions, verbose=False)}


print(json.dumps({"svd": errors(SVD(random_state=1)), "biases": errors(BaselineOnly(verbose=False))}))
