"""Chromium driven over its DevTools protocol: open a page, run a script in it, take a picture."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip


class Browser:
    """One page of a headless Chromium; `problems` collects what its console and network complain of."""

    def __init__(self, width=1280, height=800):
        self.problems = []
        self._ids = itertools.count(1)
        self._profile = tempfile.mkdtemp(prefix="cc-chromium-")
        self._process = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": "Asia/Shanghai"},
        )
        self._socket = websocket.create_connection(self._page_address(), timeout=60)
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.size(width, height)

    def _page_address(self):
        port_file = Path(self._profile) / "DevToolsActivePort"
        for _try in range(200):
            if port_file.exists() and port_file.read_text().strip():
                break
            time.sleep(0.1)
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = json.load(answer)
        return next(p for p in pages if p["type"] == "page")["webSocketDebuggerUrl"]

    def close(self):
        self._socket.close()
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def send(self, method, **params):
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        params = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif message.get("method") == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.problems.append(
                " ".join(str(a.get("value", a.get("description"))) for a in params["args"])
            )
        elif message.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def size(self, width, height):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, url):
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def run(self, script):
        """Value of a JavaScript expression; promises are awaited."""
        result = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script[:200]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, condition, seconds=30):
        """Until a JavaScript condition holds.

        :return: False when it did not in time
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.run(f"!!({condition})"):
                    return True
            except RuntimeError:  # between two documents
                pass
            time.sleep(0.15)
        return False

    def call(self, path, params):
        """JSON-RPC of the page's own session."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        answer = self.run(
            f"fetch({json.dumps(path)}, {{method: 'POST', headers: {{'Content-Type': 'application/json'}},"
            f" body: {json.dumps(body)}}}).then(r => r.json())"
        )
        if "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

    def picture(self, path):
        data = self.send("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))
