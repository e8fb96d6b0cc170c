"""A phone without room: it says so, keeps what it had and what is being typed, and goes on once
there is room again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.phone import Phone

FILL_UP = """async () => {
  const opening = indexedDB.open('ballast');
  opening.onupgradeneeded = () =>
    opening.result.createObjectStore('heap', { autoIncrement: true });
  const db = await new Promise((done) => {
    opening.onsuccess = () => done(opening.result);
  });
  const add = (bytes) =>
    new Promise((done) => {
      const writing = db.transaction('heap', 'readwrite');
      writing.objectStore('heap').add(crypto.getRandomValues(new Uint8Array(bytes)));
      writing.oncomplete = () => done(true);
      writing.onabort = () => done(false);
    });
  for (let bytes = 65536; bytes >= 16; bytes /= 2) while (await add(bytes));
  db.close();
}"""


class Disk:
    """What the browser lets this origin have. It must be small before anything is written, since
    the browser goes by what it last found free for half a minute."""

    def __init__(self, phone: Phone) -> None:
        assert phone.context
        self._phone = phone
        self._session = phone.context.new_cdp_session(phone.page)
        self._used = int(phone.page.evaluate("navigator.storage.estimate().then((e) => e.usage)"))

    def allow(self, bytes: int) -> None:
        """So much more than there was in the beginning."""
        self._session.send(
            "Storage.overrideQuotaForOrigin",
            {"origin": self._phone.origin, "quotaSize": self._used + bytes},
        )

    def fill_up(self) -> None:
        """Something else of this origin takes what is left, to the last few bytes."""
        self._phone.page.evaluate(FILL_UP)

    def make_room(self) -> None:
        self.allow(100 * MB)


MB = 2**20


@pytest.fixture
def disk(ana: Phone) -> Disk:
    """The disk of Ana's phone, which has little room from its start on."""
    ana.switch_off()
    ana.switch_on()
    disk = Disk(ana)
    disk.allow(2 * MB)
    ana.unlock()
    ana.sync()
    return disk


def test_a_save_without_room_says_so_and_stays_open_until_there_is(
    ana: Phone, office: Office, disk: Disk
) -> None:
    patient, medication = office.chart["patient"], office.chart["medication"]
    ana.go_offline()
    ana.edit(patient, medication, {"When": "twice a day"})
    ana.record(patient, medication).get_by_role("button", name="Edit").click()
    form = ana.page.get_by_role("dialog")
    disk.fill_up()
    form.get_by_label("Dose").fill("10 mg")
    form.get_by_role("button", name="Save").click()
    expect(ana.page.get_by_text(ana.word("fields.full")).first).to_be_visible()
    expect(form.get_by_label("Dose")).to_have_value("10 mg")
    disk.make_room()
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    ana.go_online()
    ana.sync()
    written = [
        change["set"]
        for change in office.history(medication)
        if change["member"] == office.members["ana"]
    ]
    assert written == [{"timing": "twice a day"}, {"dose": "10 mg"}]


def test_what_comes_without_room_is_asked_for_again(ana: Phone, office: Office, disk: Disk) -> None:
    disk.fill_up()
    medication = office.chart["medication"]
    office.write(
        {
            "record": medication,
            "kind": "medication",
            "patient": office.chart["patient"],
            "seen": office.head,
            "set": {"dose": "20 mg"},
        }
    )
    ana.open("#/sync")
    ana.press("sync.now")
    expect(ana.page.get_by_text(ana.word("sync.full"), exact=True)).to_be_visible()
    assert ana.copies()[medication]["fields"]["dose"] == "5 mg"
    disk.make_room()
    ana.sync()
    expect(ana.page.get_by_text(ana.word("sync.full"), exact=True)).to_be_hidden()
    assert ana.copies()[medication]["fields"]["dose"] == "20 mg"
