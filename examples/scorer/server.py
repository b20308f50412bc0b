"""A scorer of your own for Regie, to copy from: it answers what docs/scorer.yaml says. Python 3, no packages.

REGIE_SENTIMENT_SCORER_URL=http://127.0.0.1:9000/score regie serve
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLAME = {"broken", "useless", "late", "kapot", "waardeloos"}
PRAISE = {"thanks", "great", "perfect", "bedankt", "top"}


def score(message):
    """Put your model here. None: no score, and Regie's own stays."""
    words = set(message["text"].lower().split())
    feels = len(words & PRAISE) - len(words & BLAME)
    return None if feels == 0 else max(-1.0, min(1.0, feels / 2))


class Scorer(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        scores = [{"id": one["id"], "score": score(one), "confidence": 0.8, "language": one["language"]}
                  for one in asked["messages"]]
        body = json.dumps({"scorer": "example", "version": "1", "scores": scores}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", 9000), Scorer).serve_forever()
