"""Keeps one upsweep process open and counts one layer at a time, in well below a millisecond."""
import csv
import subprocess


class Upsweep:
    def __init__(self, fields, columns="macs", options=(), command=("upsweep",)):
        """Starts the process.

        fields: the parameters that every layer has; columns: the results; options: more flags of
        `upsweep count`.
        """
        self.fields = list(fields)
        flags = ["--from", "-", "--quiet", "--errors", "row", "--columns", columns, *options]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [*command, "count", *flags],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            encoding="utf-8",
        )
        self.writer = csv.writer(self.process.stdin, lineterminator="\n")
        self.reader = csv.reader(self.process.stdout)
        self.results = self._ask(self.fields)[len(self.fields):]

    def _ask(self, row):
        try:
            self.writer.writerow(row)
            self.process.stdin.flush()  # otherwise the row stays in Python's buffer
            return next(self.reader)
        except (StopIteration, BrokenPipeError):
            raise RuntimeError(self.process.communicate()[1].strip()) from None

    def count(self, layer):
        """Returns the exact results of a layer. Raises ValueError if the layer is illegal."""
        row = self._ask([layer[name] for name in self.fields])[len(self.fields):]
        answer = dict(zip(self.results, row))
        error = answer.pop("error")
        if error:
            raise ValueError(error)
        return {name: _value(text) for name, text in answer.items()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()  # closes its input, so that it ends


def _value(text):
    if text in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[text]
    return float(text) if "." in text or "e" in text else int(text)
