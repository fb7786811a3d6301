"""Keep a plan in the record once its certificate holds."""

from __future__ import annotations

import datetime as dt

from audits import errors
from audits.plans import certificate_check
from audits.store.db import connection
from audits.store.works import plans

BROKEN = errors.ProblemKind("STORE-683", "The certificate of this plan does not hold, so it is not kept: {why}")


def save(
    store: connection.Store,
    title: str,
    certificate: str,
    model: str,
    actor: str,
    *,
    saved_at: dt.datetime | None = None,
) -> str:
    """Check the certificate of a plan against its model, keep both and return the id of the plan.

    Parameters are those of :func:`audits.store.works.plans.save`; certificate and model come from
    :mod:`audits.plans.certificate`.

    Raises
    ------
    errors.RefusedError
        Without title or author, or when the certificate does not hold.
    errors.NotAllowedError
        When this role may not keep plans.
    """
    wrong = certificate_check.check(certificate, model).problems
    # handed on and not raised: the store tells them together with a missing title or author
    broken = [BROKEN.at("certificate", why=problem.kind.code) for problem in wrong]
    return plans.save(store, title, certificate, model, actor, problems=broken, saved_at=saved_at)
