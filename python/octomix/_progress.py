"""Progress by tqdm where it is installed; silence where it is not."""

import contextlib
import sys


@contextlib.contextmanager
def bar(title, shown=True):
    """What the library calls with a stage, how much is done, and of how much; ``None`` where nobody looks.

    The bar appears after a second, on terminals and in notebooks.
    """
    tqdm = _tqdm() if shown else None
    if tqdm is None:
        yield None
        return
    with tqdm(desc=title, delay=1, leave=False, bar_format="{desc}{percentage:3.0f}% {bar} {elapsed}") as told:

        def tell(stage, done, most):
            told.set_description(f"{title}, {stage}", refresh=False)
            if most and told.total != most:
                told.total = most
            told.update(done - told.n)

        yield tell


def _tqdm():
    try:
        if "ipykernel" in sys.modules:
            # Without widgets a bar would be lines of text that stay.
            import ipywidgets  # noqa: F401
            from tqdm.notebook import tqdm
        elif sys.stderr and sys.stderr.isatty():
            from tqdm import tqdm
        else:
            return None
    except ImportError:
        return None
    return tqdm
