"""A shell command that sends an exchange's request again, to the byte."""

import base64
import re
import shlex
from collections.abc import Collection
from itertools import pairwise

from conformance.model.exchange import HTTP, Exchange, Request

_VARIABLE = re.compile(r"(\$\w+|\$\{\w+(?:%\?)?\})")
_NAME = re.compile(r"\w+")
_LITERAL = re.compile(r"[\w .,:;/*+=@#%&()<>?^~|{}\[\]-]*")  # means the same within double quotes as outside
_GLOB = re.compile(r"[\[\]{}]")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")
_LONGEST = 8_000
_WRITTEN = str.maketrans("", "", "\n\t")
_NEXT = " \\\n  "
_TAKE = "import base64,json,sys;p=next(e for e in json.load(open('exchanges.har'))['log']['entries'] if e['comment']=='{id}')['request']['postData'];{write}"
_WRITE = "sys.stdout.buffer.write(base64.b64decode(p['text']) if p.get('_encoding') else p['text'].encode())"


def reproduce(exchange: Exchange, variables: Collection[str] = ()) -> str:
    """Return a POSIX shell command; the variables named stand in it for the shell to expand, as the key does.

    A body too long for a command line is read from the `exchanges.har` in the
    working directory: see `leans_on_har`.
    """
    request = exchange.request
    piped, data = _body(exchange)
    return piped + _NEXT.join([_opening(exchange), *(_headers(request, variables)), *data])


def leans_on_har(request: Request) -> bool:
    """Whether the command must be run in the run's own folder."""
    return bool(request.body) and not _plain(request.body) and len(request.body) > _LONGEST * 3 // 4


def _opening(exchange: Exchange) -> str:
    """Return the command up to the URL, which curl would otherwise expand and tidy."""
    request, method, url = exchange.request, exchange.request.method, exchange.url
    words = [
        "curl",
        "-sS",
        "-i",
        *([f"--http{request.version}"] if request.version != HTTP else []),
        *(["-g"] if _GLOB.search(url) else []),
        *(["--path-as-is"] if _DOTS.search(url) else []),
    ]
    # -X HEAD would wait for a body that never comes.
    words += ["--head"] if method == "HEAD" and not request.body else ["-X", shlex.quote(method)]
    return " ".join([*words, shlex.quote(url)])


def _headers(request: Request, variables: Collection[str]) -> list[str]:
    """Return the headers that were sent, and what keeps curl from adding its own."""
    sent = {name.lower() for name, _ in request.headers}
    lines = [f"-H {_header(name, value, variables)}" for name, value in request.headers]
    added = ["Accept", "User-Agent"]
    if request.body or _writes(request):
        added.append("Content-Type")
    if request.body:
        added.append("Expect")
    return [*lines, *(f"-H '{name}:'" for name in added if name.lower() not in sent)]


def _writes(request: Request) -> bool:
    return request.method in {"POST", "PUT", "PATCH"}


def _body(exchange: Exchange) -> tuple[str, list[str]]:
    """Return what is piped into curl, and how curl takes its body."""
    request = exchange.request
    if not request.body:
        return "", ["--data-binary ''"] if _writes(request) else []
    if _plain(request.body):
        return "", [f"--data-binary {shlex.quote(request.body.decode())}"]
    if leans_on_har(request):
        taken = _TAKE.format(id=exchange.id, write=_WRITE)
        return f'python3 -c "{taken}" |{_NEXT}', ["--data-binary @-"]
    return f"printf %s {base64.b64encode(request.body).decode()} | base64 -d |{_NEXT}", ["--data-binary @-"]


def _plain(body: bytes) -> bool:
    """Whether a body can stand in a command as it is: short, visible, and no file's name."""
    # A leading @ would name a file, and a NUL ends an argument.
    if len(body) > _LONGEST or body.startswith(b"@"):
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return text.translate(_WRITTEN).isprintable()


def _header(name: str, value: str, variables: Collection[str]) -> str:
    """Quote a header, leaving the variables in it to the shell."""
    value = value.strip()
    if not value:
        return shlex.quote(f"{name};")
    pieces = [(piece, _is_variable(piece, variables)) for piece in _VARIABLE.split(f"{name}: {value}") if piece]
    if not any(variable for _, variable in pieces):
        return _single(f"{name}: {value}")
    if all(variable or _LITERAL.fullmatch(piece) for piece, variable in pieces) and not _runs_on(pieces):
        return '"' + "".join(piece for piece, _ in pieces) + '"'
    return "".join(f'"{piece}"' if variable else _single(piece) for piece, variable in pieces)


def _is_variable(piece: str, variables: Collection[str]) -> bool:
    return bool(_VARIABLE.fullmatch(piece)) and _NAME.findall(piece)[0] in variables


def _runs_on(pieces: list[tuple[str, bool]]) -> bool:
    """Whether a variable without braces stands before something that the shell would take for more of it."""
    return any(
        variable and not one.startswith("${") and re.match(r"[\w\[:]", other)
        for (one, variable), (other, _) in pairwise(pieces)
    )


def _single(text: str) -> str:
    """Quote a text, always with quotes: headers look alike then."""
    quoted = shlex.quote(text)
    return quoted if quoted != text else f"'{text}'"
