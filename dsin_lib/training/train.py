"""Trains a run: its steps of Algorithm 1, its predictions, its folder in one move."""

import time
import warnings

import pandas as pd
from fastai.basics import default_device, set_seed

