# Golden numbers for the evaluate room from scikit-learn, SciPy and NumPy.
# Run from the project's root: /usr/bin/python3 scripts/make-golden/evaluate.py > test/golden/evaluate/scores.json
import json
import sys

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import linear_model, metrics
from sklearn.model_selection import cross_val_predict, LeaveOneOut

rng = np.random.default_rng(20260)


def rounded(values):
    return np.asarray(values).tolist()


def case(n, e):
    x = rng.normal(size=(n, e)).astype(np.float32).astype(float) * (1 + np.arange(e)) + np.arange(e)
    x = x.astype(np.float32).astype(float)
    y = x[:, 0] - 0.3 * x[:, 1] + rng.normal(size=n)
    label = (x[:, 0] + rng.normal(size=n) > 0.3).astype(int)
    z = (x - x.mean(0)) / x.std(0)
    ridge = {}
    for penalty in (0.5, 20.0):
        model = linear_model.Ridge(alpha=penalty).fit(z, y)
        loo = cross_val_predict(linear_model.Ridge(alpha=penalty), z, y, cv=LeaveOneOut())
        ridge[penalty] = {"fitted": rounded(model.predict(z)), "looMse": float(np.mean((y - loo) ** 2))}
    logistic = {}
    for penalty in (0.5, 20.0):
        model = linear_model.LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-12).fit(z, label)
        logistic[penalty] = {"risk": rounded(model.predict_proba(z)[:, 1])}
    return {"numFeatures": e, "x": rounded(x.ravel()), "y": rounded(y), "label": rounded(label), "ridge": ridge, "logistic": logistic}


n = 60
truth = rng.normal(size=n) * 20 + 140
predicted = truth * 0.5 + rng.normal(size=n) * 12 + 70
counts = rng.multinomial(n, np.ones(n) / n)
label = (rng.uniform(size=n) < 0.25).astype(int)
risk = np.round(1 / (1 + np.exp(-(label * 1.2 + rng.normal(size=n) - 1))), 1)
calibration = linear_model.LogisticRegression(penalty=None, solver="newton-cholesky", tol=1e-12)
inside = np.clip(risk, 0.05, 0.95)
calibration.fit(np.log(inside / (1 - inside)).reshape(-1, 1), label)
scores = {
    "truth": rounded(truth),
    "predicted": rounded(predicted),
    "counts": rounded(counts),
    "label": rounded(label),
    "risk": rounded(risk),
    "r2": metrics.r2_score(truth, predicted),
    "r2Counted": metrics.r2_score(truth, predicted, sample_weight=counts),
    "pearson": stats.pearsonr(truth, predicted)[0],
    "mae": metrics.mean_absolute_error(truth, predicted),
    "auroc": metrics.roc_auc_score(label, risk),
    "aurocCounted": metrics.roc_auc_score(label, risk, sample_weight=counts),
    "auprc": metrics.average_precision_score(label, risk),
    "auprcCounted": metrics.average_precision_score(label, risk, sample_weight=counts),
    "brier": metrics.brier_score_loss(label, risk),
    "calibrationSlope": float(calibration.coef_[0, 0]),
    "calibrationIntercept": float(calibration.intercept_[0]),
    "quantiles": [[q, float(np.quantile(truth, q))] for q in (0.025, 0.5, 0.975)],
    "normalTail": [[z, float(stats.norm.sf(z))] for z in (0, 0.5, 1.96, 2.9, 3.1, 5, 8, 12)],
}
json.dump(
    {
        "made": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}",
        "tall": case(40, 5),
        "wide": case(14, 20),
        "scores": scores,
    },
    sys.stdout,
)
