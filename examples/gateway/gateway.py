"""A gateway between the WhatsApp Cloud API and Regie. README.md says how to run it and where to look."""

import logging
import signal
import sys
import threading

import config
from counts import Counts
from inbound import Inbound
from outbound import Outbound
from provider import Provider
from regie import Regie
from state import State
from webhook import Server

log = logging.getLogger("gateway")


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = config.read()
    except config.ConfigError as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    counts, state, regie = Counts(), State(settings.state), Regie(settings)
    outbound = Outbound(settings, regie, Provider(settings), state, counts)
    inbound = Inbound(settings, regie, state, counts)
    inbound.take_aside()
    server = Server(settings, inbound.take, counts)

    # Held back from all threads, and waited for here: a handler would run only when this thread happens to wake.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="webhooks"),
        threading.Thread(target=outbound.run, name="outbound"),
    ]
    for thread in threads:
        thread.start()
    log.info("listening on http://%s:%s/webhook", settings.host, server.server_address[1])
    signal.sigwait(ends)
    log.info("stopping")
    # No new webhooks; those that were begun are finished, and so is the message that is being sent.
    server.shutdown()
    outbound.stop()
    for thread in threads:
        thread.join()
    server.server_close()
    state.close()
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
