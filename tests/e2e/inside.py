"""Scripts that run in a phone's page before the app does: they watch it, aim at it, and set
its clock.

``tell(what)`` in a page is ``Phone.told`` out here.
"""

from __future__ import annotations

REACH_APP = """(() => {
  const set = Map.prototype.set;
  Map.prototype.set = function (key, value) {
    if (typeof value?.syncNow === 'function') window.app = value;
    return set.call(this, key, value);
  };
})()"""
"""The app's one object as ``window.app``, on its way into the context of its screens: what a person
would do a thousand times is done by it, through the same door as every screen's."""

SHIFT_CLOCK = """(() => {
  const True = Date;
  const now = () => True.now() + Number(localStorage.getItem('ahead') ?? 0);
  window.Date = class extends True {
    constructor(...parts) {
      if (parts.length) super(...parts);
      else super(now());
    }
    static now() {
      return now();
    }
  };
})()"""
"""The page's time runs as ever, by so many milliseconds before or after the true one as `ahead` in
its storage says. Only Date is faked: the app has no other clock, and its worker reads none."""

AIM_AT_WRITES = """(() => {
  window.pages = 0;
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (String(asked[0]).startsWith('/api/sync')) {
      window.pages += 1;
      if (window.aimAtPage === window.pages) window.aim = 'page';
    }
    return answer;
  };
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...asked) {
    const writing = begin.apply(this, asked);
    if (asked[1] !== 'readwrite' || !window.aim) return writing;
    const store = writing.objectStore('plain');
    const goOn = () => (store.get('numbering').onsuccess = goOn);
    const held = () => {
      window.tell(['held', window.aim]);
      goOn();
    };
    // Asked for after all that the app asks of it at once, and so answered after that.
    queueMicrotask(() => (store.get('numbering').onsuccess = held));
    return writing;
  };
})()"""
"""While ``window.aim`` is set, every writing transaction is kept from ending by one reading after
another, its writes made and not committed, and told once that stands. ``window.aimAtPage`` aims so
at what takes in the n-th answer of a sync."""
