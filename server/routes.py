"""Every address of the server: its view, who may call it, its scope and its log entry.

The one table of what is open to whom. server/access.py says what the columns mean, and enforces
them.
"""

from __future__ import annotations

from server import described, devices, history, signing_in, web
from server.access import CARING, NOBODY_ASKED, OFFICE, ROLES, Route
from server.summaries import view as summaries
from server.sync import endpoint

ROUTES = (
    Route(method="POST", path="/api/sync", view=endpoint.sync,
          roles=ROLES, scope="chart", log=None, is_for_readers=True, checks_device=True),
    Route(method="POST", path="/api/devices", view=devices.enrol,
          roles=ROLES, scope="organisation", log=None, is_for_readers=True),
    Route(method="GET", path="/api/devices", view=devices.own,
          roles=ROLES, scope="phone", log=None),
    Route(method="POST", path="/api/devices/<device_id>/revoke", view=devices.revoke_one,
          roles=ROLES, scope="phone", log=None),
    Route(method="GET", path="/api/devices/<device_id>/state", view=devices.state,
          roles=NOBODY_ASKED, scope="open", log=None),
    Route(method="POST", path="/api/devices/<device_id>/erased", view=devices.erased,
          roles=NOBODY_ASKED, scope="open", log=None),
    Route(method="GET", path="/api/me", view=signing_in.me,
          roles=ROLES, scope="organisation", log=None),
    Route(method="POST", path="/api/invitations/accept", view=signing_in.accept,
          roles=NOBODY_ASKED, scope="open", log=None),
    Route(method="POST", path="/api/sign-out", view=signing_in.sign_out,
          roles=ROLES, scope="organisation", log=None, is_for_readers=True),
    Route(method="GET", path="/api/catalogue", view=described.catalogue,
          roles=ROLES, scope="organisation", log=None),
    Route(method="GET", path="/api/visits/<visit_id>/summary.pdf", view=summaries.summary,
          roles=CARING, scope="chart", log="summary"),
    Route(method="GET", path="/api/records/<record_id>/history", view=history.history,
          roles=CARING, scope="chart", log="history"),
    Route(method="GET", path="/api/office/devices", view=devices.of_office,
          roles=OFFICE, scope="phone", log=None),
    Route(method="GET", path="/api/openapi.json", view=described.openapi,
          roles=NOBODY_ASKED, scope="open", log=None),
    Route(method="GET", path="/healthz", view=web.health,
          roles=NOBODY_ASKED, scope="open", log=None),
    Route(method="GET", path="/", view=web.file,
          roles=NOBODY_ASKED, scope="open", log=None),
    Route(method="GET", path="/<path:path>", view=web.file,
          roles=NOBODY_ASKED, scope="open", log=None),
)  # fmt: skip
