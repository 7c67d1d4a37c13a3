"""What a PCA-whitening explains, computed from its result."""

import numpy as np


def explained_ratio(features, directions):
    """Returns the variance of `features` along `directions` [d, c], orthogonal
    to each other and of any length, relative to that of all features."""
    centred = features - features.mean(0, dtype=np.float64).astype("f4")
    components = centred @ (directions / np.linalg.norm(directions, axis=0))
    explained = np.square(components, dtype=np.float64).sum()
    return float(explained / np.square(centred, dtype=np.float64).sum())
