"""The people of these tests and their phones."""

from tests.server.conftest import colleague, office, phone, supervisor

__all__ = ["colleague", "office", "phone", "supervisor"]
