"""Who is let in: the provider, by its signature."""

import hashlib
import hmac
import unittest
from urllib.parse import urlencode

from webhook import challenge, signed


class Signature(unittest.TestCase):
    BODY = b'{"entry": []}'
    SECRET = b"app secret"

    def header(self, body: bytes = BODY, secret: bytes = SECRET) -> str:
        return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()

    def test_of_these_bytes_by_this_secret(self) -> None:
        self.assertTrue(signed(self.BODY, self.header(), self.SECRET))

    def test_of_other_bytes_or_by_another_secret_it_is_none(self) -> None:
        self.assertFalse(signed(self.BODY + b" ", self.header(), self.SECRET))
        self.assertFalse(signed(self.BODY, self.header(secret=b"another"), self.SECRET))

    def test_missing_or_malformed_it_is_none(self) -> None:
        plain = self.header().removeprefix("sha256=")
        for header in (None, "", plain, "sha1=" + plain, "sha256=", "sha256=\u00e9", self.header().upper()):
            self.assertFalse(signed(self.BODY, header, self.SECRET), header)


class Challenge(unittest.TestCase):
    def query(self, **changed: str) -> str:
        asked = {"mode": "subscribe", "verify_token": "ours", "challenge": "1158201444", **changed}
        return urlencode({f"hub.{name}": value for name, value in asked.items()})

    def test_is_given_back_to_who_knows_the_token(self) -> None:
        self.assertEqual(challenge(self.query(), "ours"), "1158201444")

    def test_is_refused_otherwise(self) -> None:
        for query in (self.query(verify_token="theirs"), self.query(mode="unsubscribe"), ""):
            self.assertIsNone(challenge(query, "ours"), query)
