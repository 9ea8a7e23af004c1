"""Ten tasks of tables that scikit-learn and statsmodels ship, each with one split that never changes."""
import warnings


def tasks():
    """name, whether it is about classes, the columns, the target."""
    import statsmodels.datasets as sm
    from sklearn import datasets

    def shipped(load, **how):
        found = load(as_frame=True, **how)
        return found.data, found.target

    yield "breast cancer", True, *shipped(datasets.load_breast_cancer)
    yield "iris", True, *shipped(datasets.load_iris)
    yield "wine", True, *shipped(datasets.load_wine)
    yield "digits", True, *shipped(datasets.load_digits)
    fair = sm.fair.load_pandas().data
    yield "affairs", True, fair.drop(columns="affairs"), (fair.affairs > 0).astype(int)
    anes = sm.anes96.load_pandas().data
    yield "vote", True, anes.drop(columns="vote"), anes.vote.astype(int)
    yield "diabetes", False, *shipped(datasets.load_diabetes, scaled=False)
    rand = sm.randhie.load_pandas().data
    yield "doctor visits", False, rand.drop(columns="mdvis"), rand.mdvis
    star = sm.star98.load_pandas().data
    passed = 100 * star.NABOVE / (star.NABOVE + star.NBELOW)
    yield "school results", False, star.drop(columns=["NABOVE", "NBELOW"]), passed
    wine = datasets.load_wine(as_frame=True).data
    yield "proline of wine", False, wine.drop(columns="proline"), wine.proline


def divided():
    """name, classes, training columns and target, test columns and target."""
    from sklearn.model_selection import train_test_split

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, classes, X, y in tasks():
            X = X.copy()
            X.columns = [str(c) for c in X.columns]
            a, b, c, d = train_test_split(X, y, test_size=0.25, random_state=0, stratify=y if classes else None)
            yield name, classes, a, c, b, d
