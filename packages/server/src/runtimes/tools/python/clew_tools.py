"""Runs the functions that `@tool` marks in Python files as an MCP server over standard input and output.

    python3 clew_tools.py --list FILE ...    prints what the files hold, as one JSON document
    python3 clew_tools.py FILE ...           serves it

Needs Python 3.9 or later and nothing else. Where the package `ibm_watsonx_orchestrate` is not installed, the names of it that tool files use are provided here.
What tools print goes to standard error: standard output belongs to the protocol.
"""

import asyncio
import collections.abc
import concurrent.futures
import copy
import dataclasses
import datetime
import decimal
import enum
import functools
import importlib.util
import inspect
import json
import os
import re
import sys
import threading
import traceback
import types
import typing
import uuid

PROTOCOL = "2025-06-18"
WORKERS = 16
PREFIX = "WXO_CONNECTION_"


# --- The names of the ADK -------------------------------------------------------------------------


class ToolPermission(str, enum.Enum):
    READ_ONLY = "read_only"
    WRITE_ONLY = "write_only"
    READ_WRITE = "read_write"
    ADMIN = "admin"


class ToolKind(str, enum.Enum):
    """`PythonToolKind` of the ADK."""

    TOOL = "tool"
    JOIN_TOOL = "join_tool"
    AGENTPREINVOKE = "agent_pre_invoke"
    AGENTPOSTINVOKE = "agent_post_invoke"


class ConnectionType(str, enum.Enum):
    BASIC_AUTH = "basic_auth"
    BEARER_TOKEN = "bearer_token"
    API_KEY_AUTH = "api_key_auth"
    KEY_VALUE = "key_value_creds"


class MarkedTool:
    """A function that `@tool` has marked; called as the function itself."""

    def __init__(self, fn, about):
        self.fn = fn
        self.clew_about = about
        functools.update_wrapper(self, fn)

    def __call__(self, *args, **kwargs):
        return self.fn(*args, **kwargs)


def tool(*args, **about):
    """`@tool` and `@tool(name=…, description=…, permission=…, …)`."""
    if len(args) == 1 and callable(args[0]) and not about:
        return MarkedTool(args[0], {})
    return lambda fn: MarkedTool(fn, about)


class ExpectedCredentials:
    def __init__(self, app_id, type=None, **_):
        self.app_id = app_id
        self.type = type


class AgentRun:
    """What a tool knows of the run: `request_context` holds the context variables that the agent declares."""

    def __init__(self, context=None):
        self.request_context = types.MappingProxyType(dict(context or {}))

    def get_context_updates(self):
        return {}


class ToolResult:
    def __init__(self, content=None, structuredContent=None, widget=None, meta=None, **_):
        self.content = content or []
        self.structuredContent = structuredContent
        self.widget = widget
        self.meta = meta


class Record:
    """A value of the ADK with the members of its class; called and copied as its models are."""

    def __init__(self, **members):
        for one in reversed(type(self).__mro__):
            for name, value in getattr(one, "members", {}).items():
                setattr(self, name, copy.copy(value))
        for name, value in members.items():
            setattr(self, name, value)

    def model_copy(self, *, deep=False, update=None):
        one = copy.deepcopy(self) if deep else copy.copy(self)
        vars(one).update(update or {})
        return one

    def copy(self, deep=False, update=None, **_):
        return self.model_copy(deep=deep, update=update)

    def model_dump(self, **_):
        return {name: plain(value) for name, value in vars(self).items()}


class Role(str, enum.Enum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class TextContent(Record):
    members = {"type": "text", "text": ""}


class Message(Record):
    members = {"role": Role.USER, "content": None}


class GlobalContext(Record):
    members = {"request_id": "", "user": None, "tenant_id": None, "server_id": None, "state": {}, "metadata": {}}


class PluginContext(Record):
    members = {"state": {}, "global_context": None, "metadata": {}}


class AgentPreInvokePayload(Record):
    members = {"agent_id": "", "messages": [], "tools": None, "headers": None, "model": None, "system_prompt": None, "parameters": {}}


class AgentPostInvokePayload(Record):
    members = {"agent_id": "", "messages": [], "tool_calls": None}


class PluginViolation(Record):
    members = {"reason": "", "description": "", "code": "", "details": {}}


class PluginResult(Record):
    members = {"continue_processing": True, "modified_payload": None, "violation": None, "metadata": {}}


class AgentPreInvokeResult(PluginResult):
    pass


class AgentPostInvokeResult(PluginResult):
    pass


PLUGIN_NAMES = {
    one.__name__: one
    for one in (
        *(Role, TextContent, Message, GlobalContext, PluginContext, PluginViolation, PluginResult),
        *(AgentPreInvokePayload, AgentPreInvokeResult, AgentPostInvokePayload, AgentPostInvokeResult),
    )
}


def variable_name(app_id):
    return re.sub(r"[^a-zA-Z0-9]+", "_", app_id)


def credentials(app_id):
    """The members of a connection, as attributes and as a dictionary."""
    start = PREFIX + variable_name(app_id) + "_"
    found = {name[len(start):]: value for name, value in os.environ.items() if name.startswith(start)}
    if not found:
        raise ValueError(
            f"There are no credentials for {app_id}: name it in expected_credentials, and make connections/{app_id}.yaml."
        )
    return types.SimpleNamespace(**found)


def key_value(app_id):
    return {name: value for name, value in vars(credentials(app_id)).items()}


def connection_type(app_id):
    return os.environ.get("WXO_SECURITY_SCHEMA_" + variable_name(app_id))


def provide_names():
    """Puts the modules that tool files import into place, unless the package is there."""
    try:
        if importlib.util.find_spec("ibm_watsonx_orchestrate") is not None:
            return
    except (ImportError, ValueError):
        pass
    names = {
        "agent_builder.tools": dict(
            tool=tool, ToolPermission=ToolPermission, PythonToolKind=ToolKind, PythonTool=MarkedTool, ToolResult=ToolResult
        ),
        "agent_builder.tools.types": dict(ToolPermission=ToolPermission, PythonToolKind=ToolKind, **PLUGIN_NAMES),
        "agent_builder.tools.python_tool": dict(tool=tool, PythonTool=MarkedTool, PythonToolKind=ToolKind),
        "agent_builder.connections": dict(ConnectionType=ConnectionType, ExpectedCredentials=ExpectedCredentials),
        "agent_builder.connections.types": dict(ConnectionType=ConnectionType, ExpectedCredentials=ExpectedCredentials),
        "run": dict(),
        "run.connections": dict(
            basic_auth=credentials,
            bearer_token=credentials,
            api_key_auth=credentials,
            key_value=key_value,
            connection_type=connection_type,
        ),
        "run.context": dict(AgentRun=AgentRun),
        "run.tool_result": dict(ToolResult=ToolResult),
    }
    root = "ibm_watsonx_orchestrate"
    for path in ["", "agent_builder", *names]:
        whole = ".".join(part for part in [root, path] if part)
        module = types.ModuleType(whole)
        module.__path__ = []
        vars(module).update(names.get(path, {}))
        sys.modules[whole] = module
        parent, _, last = whole.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)


# --- Signatures as schemas ------------------------------------------------------------------------

PLAIN = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    dict: {"type": "object"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    set: {"type": "array"},
    decimal.Decimal: {"type": "number"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.time: {"type": "string"},
    uuid.UUID: {"type": "string", "format": "uuid"},
}
UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))
MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
LISTS = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable)


def is_model(hint):
    """A model of Pydantic, whichever version of it made the class."""
    return isinstance(hint, type) and hasattr(hint, "model_json_schema")


def schema_of(hint):
    if hint is inspect.Parameter.empty or hint is typing.Any:
        return {}
    if hint is None:
        return {"type": "null"}
    if hint in PLAIN:
        return dict(PLAIN[hint])
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        words = [one if isinstance(one, str) else getattr(one, "description", None) for one in args[1:]]
        said = next((one for one in words if isinstance(one, str)), None)
        return {**schema_of(args[0]), **({"description": said} if said else {})}
    if origin in UNIONS:
        return {"anyOf": [schema_of(one) for one in args]}
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin in MAPPINGS:
        return {"type": "object", **({"additionalProperties": schema_of(args[1])} if len(args) == 2 else {})}
    if origin in LISTS:
        return {"type": "array", **({"items": schema_of(args[0])} if args else {})}
    if is_model(hint):
        return hint.model_json_schema()
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"enum": [one.value for one in hint]}
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint, include_extras=True)
        missing = dataclasses.MISSING
        return object_of(
            {one.name: schema_of(hints.get(one.name, typing.Any)) for one in dataclasses.fields(hint)},
            [one.name for one in dataclasses.fields(hint) if one.default is missing and one.default_factory is missing],
        )
    if isinstance(hint, type) and issubclass(hint, dict) and hasattr(hint, "__required_keys__"):
        hints = typing.get_type_hints(hint, include_extras=True)
        return object_of({name: schema_of(one) for name, one in hints.items()}, sorted(hint.__required_keys__))
    return {}


def object_of(properties, required):
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def lifted(schema, defs):
    """References of a model's schema count from its own beginning: its definitions move to that of the whole."""
    if isinstance(schema, list):
        return [lifted(one, defs) for one in schema]
    if not isinstance(schema, dict):
        return schema
    for name, one in schema.get("$defs", {}).items():
        defs.setdefault(name, {})
        defs[name] = lifted(one, defs)
    return {name: lifted(one, defs) for name, one in schema.items() if name != "$defs"}


def is_run(hint):
    return getattr(hint, "__name__", "") == "AgentRun"


def hints_of(fn):
    try:
        return typing.get_type_hints(fn, include_extras=True)
    except Exception:  # A name that exists for checkers only.
        return dict(getattr(fn, "__annotations__", {}))


def parameters_of(fn):
    hints = hints_of(fn)
    for name, one in inspect.signature(fn).parameters.items():
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            yield name, hints.get(name, one.annotation), one.default


def documented(fn):
    """The description in a docstring, and what it says of each parameter: sections `Args:` of Google's style, or `:param name:`."""
    text = inspect.getdoc(fn) or ""
    about = {name: " ".join(said.split()) for name, said in re.findall(r"^:param\s+(?:[\w\[\], ]+\s)?(\w+):\s*(.*(?:\n[ \t]+.*)*)", text, re.M)}
    section = re.search(r"^(?:Args|Arguments|Parameters):[ \t]*\n((?:[ \t]+.*\n?|[ \t]*\n)*)", text, re.M)
    if section:
        lines = inspect.cleandoc("\n" + section.group(1))
        for name, said in re.findall(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*(?:\n[ \t]+.*)*)", lines, re.M):
            about[name] = " ".join(said.split())
    start = re.split(r"^(?:Args|Arguments|Parameters|Returns?|Raises|Yields|Examples?):|^:(?:param|returns?|raises)", text, maxsplit=1, flags=re.M)[0]
    return start.strip(), about


def input_schema_of(fn):
    _, about = documented(fn)
    properties, required, defs = {}, [], {}
    for name, hint, default in parameters_of(fn):
        if is_run(hint):
            continue
        schema = lifted(schema_of(hint), defs)
        if name in about:
            schema = {**schema, "description": about[name]}
        if default is inspect.Parameter.empty:
            required.append(name)
        elif default is not None and is_json(default):
            schema = {**schema, "default": default.value if isinstance(default, enum.Enum) else default}
        properties[name] = schema
    return {**object_of(properties, required), **({"$defs": defs} if defs else {}), "additionalProperties": False}


def is_json(value):
    return isinstance(value, (str, int, float, bool, list, dict))


# --- Files ----------------------------------------------------------------------------------------


class FoundTool:
    def __init__(self, fn, about, file):
        self.fn = fn
        said, _ = documented(fn)
        self.name = about.get("name") or fn.__name__
        self.title = about.get("display_name") or self.name
        self.description = about.get("description") or said or self.title
        permission = about.get("permission") or "read_only"
        self.permission = getattr(permission, "value", permission)
        kind = about.get("kind") or "tool"
        self.kind = getattr(kind, "value", kind)
        self.schema = {"type": "object"} if self.is_plugin else input_schema_of(fn)
        self.credentials = [app_id for app_id in map(app_id_of, about.get("expected_credentials") or []) if app_id]
        self.file = file
        try:
            self.line = inspect.getsourcelines(fn)[1]
        except OSError:
            self.line = 1

    @property
    def is_plugin(self):
        return self.kind in ("agent_pre_invoke", "agent_post_invoke")

    def listed(self):
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.schema,
            "annotations": {"title": self.title, "readOnlyHint": self.permission == "read_only"},
            "_meta": {"clew/permission": self.permission, "clew/kind": self.kind},
        }


def app_id_of(one):
    return one if isinstance(one, str) else one.get("app_id") if isinstance(one, dict) else getattr(one, "app_id", None)


def about_of(member):
    """What `@tool` was told, of ours and of the package's."""
    if isinstance(member, MarkedTool):
        return member.clew_about
    fn = getattr(member, "fn", None)
    if not callable(fn) or inspect.ismodule(member) or isinstance(member, type):
        return None
    spec = getattr(member, "__tool_spec__", None)
    names = ("name", "display_name", "description", "permission", "kind")
    told = {name: getattr(member, name, None) or getattr(spec, name, None) for name in names}
    told["expected_credentials"] = getattr(member, "expected_credentials", None)
    return {name: value for name, value in told.items() if value}


def load(path):
    name = "clew_tool_" + re.sub(r"\W", "_", os.path.splitext(os.path.basename(path))[0])
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    found, seen = [], set()
    for member in vars(module).values():
        about = about_of(member)
        if about is None or id(member) in seen or getattr(member.fn, "__module__", name) != name:
            continue
        seen.add(id(member))
        found.append(FoundTool(member.fn, about, path))
    return found


def fault_of(error, path):
    """What went wrong while a file was loaded, and where in it."""
    path = os.path.abspath(path)
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == path else None
    if line is None:
        frames = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == path]
        line = frames[-1] if frames else 1
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"message": f"{type(error).__name__}: {message}".splitlines()[0], "line": line or 1}


# --- Calls ----------------------------------------------------------------------------------------


def converted(value, hint):
    """JSON as what the function's annotation wants."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return converted(value, args[0])
    if origin in UNIONS:
        if value is None:
            return None
        rest = [one for one in args if one is not type(None)]
        return converted(value, rest[0]) if len(rest) == 1 else value
    if origin in LISTS and isinstance(value, list):
        items = [converted(one, args[0]) for one in value] if args else value
        return origin(items) if origin in (tuple, set, frozenset) else items
    if origin in MAPPINGS and isinstance(value, dict) and len(args) == 2:
        return {name: converted(one, args[1]) for name, one in value.items()}
    if is_model(hint):
        return hint.model_validate(value)
    if hint in (datetime.datetime, datetime.date, datetime.time) and isinstance(value, str):
        return hint.fromisoformat(value.replace("Z", "+00:00"))
    if hint in (decimal.Decimal, uuid.UUID):
        return hint(str(value))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = typing.get_type_hints(hint, include_extras=True)
        return hint(**{name: converted(one, hints.get(name)) for name, one in value.items()})
    return value


def plain(value):
    """A value as JSON knows it."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({one.name: getattr(value, one.name) for one in dataclasses.fields(value)})
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def text_piece(text):
    return {"type": "text", "text": text}


def result_of(value):
    """What a function gave back, as MCP says it. A result of the ADK stays one."""
    if isinstance(value, ToolResult) or type(value).__name__ == "ToolResult":
        value = {
            "content": plain(getattr(value, "content", [])),
            "structuredContent": plain(getattr(value, "structuredContent", None)),
            "widget": plain(getattr(value, "widget", None)),
            "_meta": plain(getattr(value, "meta", None)),
        }
    value = plain(value)
    if isinstance(value, dict) and isinstance(value.get("content"), list):
        meta = {**(value.get("_meta") or {})}
        if value.get("widget"):
            meta["com.ibm.orchestrate/widget"] = value["widget"]
        result = {"content": value["content"], "structuredContent": value.get("structuredContent"), "_meta": meta or None}
        return {name: one for name, one in result.items() if one is not None}
    if value is None:
        return {"content": []}
    if isinstance(value, str):
        return {"content": [text_piece(value)]}
    result = {"content": [text_piece(json.dumps(value, ensure_ascii=False))]}
    return {**result, "structuredContent": value} if isinstance(value, dict) else result


def looked(found, given):
    """Calls a plugin with one message. What it says: `{"text": …}`, `{"refuse": …}`, or nothing where all may go on as it is."""
    context, asked = given.get("context") or {}, found.kind == "agent_pre_invoke"
    about = {
        "state": {"context": context},
        "metadata": {},
        "global_context": {"request_id": given.get("run_id", ""), "state": {"context": context}, "metadata": {}},
    }
    role = Role.USER if asked else Role.ASSISTANT
    payload = {
        "agent_id": given.get("agent", ""),
        "messages": [{"role": role.value, "content": {"type": "text", "text": given.get("text", "")}}],
        **({"parameters": {"context": context}} if asked else {}),
    }
    ours = [
        PluginContext(**{**about, "global_context": GlobalContext(**about["global_context"])}),
        (AgentPreInvokePayload if asked else AgentPostInvokePayload)(
            **{**payload, "messages": [Message(role=role, content=TextContent(text=given.get("text", "")))]}
        ),
    ]
    values = {}
    for place, (name, hint, _) in enumerate(parameters_of(found.fn)):
        at = 0 if getattr(hint, "__name__", "") == "PluginContext" else 1 if str(getattr(hint, "__name__", "")).endswith("Payload") else place
        if at < 2:
            values[name] = hint.model_validate((about, payload)[at]) if is_model(hint) else ours[at]
    answer = found.fn(**values)
    if inspect.isawaitable(answer):
        answer = asyncio.run(awaited(answer))
    verdict = verdict_of(answer, given.get("text", ""))
    return {"content": [text_piece(json.dumps(verdict, ensure_ascii=False))], "structuredContent": verdict}


def verdict_of(answer, before):
    if answer is None:
        return {}
    if not hasattr(answer, "continue_processing"):
        raise TypeError(f"A plugin gives back an AgentPreInvokeResult or an AgentPostInvokeResult, not {type(answer).__name__}.")
    messages = getattr(getattr(answer, "modified_payload", None), "messages", None) or []
    content = getattr(messages[-1], "content", None) if messages else None
    text = content if isinstance(content, str) else getattr(content, "text", None)
    if answer.continue_processing is False:
        violation = getattr(answer, "violation", None)
        said = getattr(violation, "description", None) or getattr(violation, "reason", None)
        # What the plugin left as it was is no refusal.
        return {"refuse": (text if text and text != before else said) or "This message was not allowed."}
    return {} if text is None or text == before else {"text": text}


def call(found, given, context):
    if found.is_plugin:
        return looked(found, given)
    values = {}
    for name, hint, _ in parameters_of(found.fn):
        if is_run(hint):
            values[name] = AgentRun(context)
        elif name in given:
            values[name] = converted(given[name], hint)
    answer = found.fn(**values)
    if inspect.isawaitable(answer):
        answer = asyncio.run(awaited(answer))
    return result_of(answer)


async def awaited(work):
    return await work


# --- The protocol ---------------------------------------------------------------------------------


class Server:
    def __init__(self, tools, out):
        self.tools = {}
        for one in tools:
            self.tools.setdefault(one.name, one)
        self.out = out
        self.lock = threading.Lock()
        self.pool = concurrent.futures.ThreadPoolExecutor(WORKERS)
        self.cancelled = set()

    def send(self, message):
        line = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False)
        with self.lock:
            self.out.write(line.encode("utf-8") + b"\n")
            self.out.flush()

    def serve(self, lines):
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                self.send({"id": None, "error": {"code": -32700, "message": "This is no JSON."}})
                continue
            if isinstance(message, dict):
                self.take(message)

    def take(self, message):
        method, key, params = message.get("method"), message.get("id"), message.get("params") or {}
        if method == "notifications/cancelled":
            self.cancelled.add(params.get("requestId"))
        if method is None or key is None:
            return
        if method == "initialize":
            self.send({"id": key, "result": {
                "protocolVersion": params.get("protocolVersion", PROTOCOL),
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "clew-python", "version": "1"},
            }})
        elif method == "ping":
            self.send({"id": key, "result": {}})
        elif method == "tools/list":
            self.send({"id": key, "result": {"tools": [one.listed() for one in self.tools.values()]}})
        elif method == "tools/call" and params.get("name") in self.tools:
            self.pool.submit(self.work, key, self.tools[params["name"]], params)
        elif method == "tools/call":
            self.send({"id": key, "error": {"code": -32602, "message": f"There is no tool {params.get('name')}."}})
        else:
            self.send({"id": key, "error": {"code": -32601, "message": f"There is no method {method}."}})

    def work(self, key, found, params):
        try:
            context = (params.get("_meta") or {}).get("clew/context")
            result = call(found, params.get("arguments") or {}, context)
        except BaseException as error:  # Also SystemExit: a tool does not end the process of the others.
            traceback.print_exc()
            said = str(error).strip() or type(error).__name__
            result = {"content": [text_piece(said)], "isError": True}
        if key in self.cancelled:
            self.cancelled.discard(key)
            return
        self.send({"id": key, "result": result})


def main(args):
    # What tools print, programs that they start included, must not get between the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lists = args[:1] == ["--list"]
    files = args[1:] if lists else args
    for folder in [os.getcwd(), *sorted({os.path.dirname(os.path.abspath(one)) for one in files})]:
        if folder not in sys.path:
            sys.path.insert(0, folder)
    provide_names()
    tools, report = [], []
    for path in files:
        try:
            found = load(path)
        except BaseException as error:  # Also SystemExit: a script that ends is no reason to leave out the others.
            if not lists:
                traceback.print_exc()
            report.append({"file": path, "tools": [], "error": fault_of(error, path)})
            continue
        tools += found
        entries = [{**one.listed(), "line": one.line, "credentials": one.credentials} for one in found]
        report.append({"file": path, "tools": entries})
    if lists:
        out.write(json.dumps({"version": sys.version.split()[0], "files": report}).encode("utf-8"))
        out.flush()
        # Threads that files have started do not keep it.
        os._exit(0)
    Server(tools, out).serve(sys.stdin.buffer)
    os._exit(0)


if __name__ == "__main__":
    if sys.version_info < (3, 9):
        sys.exit("Python 3.9 or later is needed.")
    main(sys.argv[1:])
