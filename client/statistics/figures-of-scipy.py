# Writes scipy.json, the figures that statistics.test.ts holds ours against. Needs SciPy:
#   apt-get install python3-scipy && python3 figures-of-scipy.py > scipy.json
import json
import sys

import numpy as np
import scipy
from scipy import signal, special, stats

rng = np.random.default_rng(7)
samples = {
    "small": (rng.normal(0, 1, 6), rng.normal(1, 1, 7)),
    "far": (rng.normal(0, 1, 40), rng.normal(4, 1, 30)),
    "ties": (rng.integers(0, 8, 60).astype(float), rng.integers(1, 9, 45).astype(float)),
    "skew": (rng.exponential(1, 25), rng.lognormal(0, 1, 80)),
    "large": (rng.normal(0, 1, 1200), rng.normal(0.1, 1.2, 1100)),
    "one sided": (rng.normal(0, 1, 8), rng.normal(0.5, 3, 200)),
}


def case(a, b):
    a, b = np.round(a, 6), np.round(b, 6)
    welch = stats.ttest_ind(a, b, equal_var=False)
    u = stats.mannwhitneyu(a, b)
    exact = len(a) * len(b) <= 1e6
    ks = stats.ks_2samp(a, b, method="exact" if exact else "asymp")
    limit = special.kolmogorov(ks.statistic * np.sqrt(len(a) * len(b) / (len(a) + len(b))))
    n = min(len(a), len(b))
    spearman = stats.spearmanr(a[:n], b[:n])
    alpha = 0.3
    weights = lambda x: signal.lfilter([1], [1, alpha - 1], x)
    boot = stats.bootstrap((b,), np.mean, n_resamples=9999, random_state=1)
    return {
        "a": a.tolist(),
        "b": b.tolist(),
        "mean": b.mean(),
        "sd": b.std(ddof=1),
        "quantiles": [float(np.quantile(b, p)) for p in (0, 0.1, 0.25, 0.5, 0.75, 0.99, 1)],
        "welch": [welch.statistic, welch.pvalue],
        "mannWhitney": [u.statistic, u.pvalue],
        "kolmogorovSmirnov": [ks.statistic, ks.pvalue if exact else limit],
        "spearman": [spearman.correlation, spearman.pvalue],
        "ewma": (weights(b[:20]) / weights(np.ones(len(b[:20])))).tolist(),
        "bootstrap": [boot.confidence_interval.low, boot.confidence_interval.high],
        "bins": np.histogram(b, 9)[0].tolist(),
    }


json.dump(
    {
        "scipy": scipy.__version__,
        "cases": {name: case(a, b) for name, (a, b) in samples.items()},
        "normalTail": [[z, stats.norm.sf(z)] for z in (-3, -0.5, 0, 0.1, 1, 2.4, 2.6, 5, 10, 30)],
        "normalQuantile": [[p, stats.norm.ppf(p)] for p in (1e-12, 0.001, 0.2, 0.5, 0.9, 0.999999)],
        "studentTail": [[t, f, stats.t.sf(t, f)] for t in (0, 0.3, 2, 12, 80) for f in (1, 2.5, 30, 1e5)],
        "studentQuantile": [[p, f, stats.t.ppf(p, f)] for p in (0.6, 0.975, 0.9999) for f in (1, 4.2, 200)],
    },
    sys.stdout,
    indent=None,
)
