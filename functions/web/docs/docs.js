"use strict";

// The page reads /openapi.json, shows it, and tries it. Tokens are in memory only and end with the page.

// ---------------------------------------------------------------- elements

// element makes one: element("p.soft", {id: "x", onclick: f}, "text", other).
function element(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== ""));
  return made;
}

// prose makes paragraphs of a description: blank lines part them, **strong** and `code` are marked up, and nothing else is.
function prose(text) {
  return (text ?? "").trim().split(/\n\s*\n/).filter(Boolean).map((paragraph) => element("p", {}, inline(paragraph)));
}

function inline(text) {
  return text.replace(/\s+/g, " ").split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean).map((part) => {
    if (part.startsWith("`")) return element("code", {}, part.slice(1, -1));
    if (part.startsWith("**")) return element("strong", {}, part.slice(2, -2));
    return part;
  });
}

// block shows text as it is, in a box that can be scrolled by keys too.
function block(text, label, wrap) {
  return element(wrap ? "pre.wrap" : "pre", { tabindex: 0, role: "group", "aria-label": label }, text);
}

const pretty = (value) => JSON.stringify(value, null, 2);

// ---------------------------------------------------------------- the document

let api;

// resolve follows references; what stands beside a reference goes before what it leads to.
function resolve(node) {
  if (!node?.$ref) return node;
  const { $ref, ...own } = node;
  const parts = $ref.slice(2).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { ...resolve(parts.reduce((at, part) => at[part], api)), ...own };
}

// operations lists them with the parameters of their paths.
function operations() {
  const all = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (method === "parameters") continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
      all.push({ ...operation, path, method: method.toUpperCase(), parameters, open: operation.security?.length === 0 });
    }
  }
  return all;
}

// examples gives the examples that stand beside a schema, as [name, value].
function examples(media) {
  if (media?.example !== undefined) return [["Example", media.example]];
  return Object.values(media?.examples ?? {}).map((e) => [e.summary, e.value]);
}

// ---------------------------------------------------------------- schemas, for people

const words = { integer: "whole number", string: "text", boolean: "true or false", object: "object", null: "null" };

// kind says in words what a schema asks for.
function kind(schema) {
  const s = resolve(schema);
  if (s.anyOf) return s.anyOf.map(kind).join(" or ");
  if (s.const !== undefined) return "always " + s.const;
  return [s.type].flat().map((type) => {
    if (type === "array") return "list of " + kind(s.items) + "s";
    if (type === "string" && s.format === "date-time") return "instant";
    if (type === "string" && s.format === "uri") return "URL";
    if (type === "string" && s.enum) return "word";
    return words[type] ?? type;
  }).join(" or ");
}

// limits says what more it asks for.
function limits(schema) {
  const s = resolve(schema);
  const list = (values) => values.flatMap((value, i) => [i ? ", " : "", element("code", {}, String(value))]);
  const item = s.items && resolve(s.items);
  const parts = [];
  if (s.enum) parts.push(["one of ", ...list(s.enum)]);
  if (item?.enum) parts.push(["of ", ...list(item.enum)]);
  if (s.minimum !== undefined && s.maximum !== undefined) parts.push([`${s.minimum} to ${s.maximum}`]);
  else if (s.minimum !== undefined) parts.push([`at least ${s.minimum}`]);
  if (s.maxLength !== undefined) parts.push([`${s.minLength ? s.minLength + " to" : "at most"} ${s.maxLength} characters`]);
  else if (s.minLength) parts.push(["not empty"]);
  if (s.maxItems !== undefined) parts.push([`at most ${s.maxItems}`]);
  if (s.pattern && s.format === undefined) parts.push([element("code", {}, s.pattern)]);
  if (s.default !== undefined) parts.push([`if left out, ${s.default}`]);
  if (s.anyOf) parts.push(...s.anyOf.flatMap(limits).map((found) => [found]));
  return parts.flatMap((part, i) => (i ? ["; ", ...part] : part));
}

// fields lists the fields of an object, or of the objects of a list.
function fields(schema) {
  const s = resolve(schema);
  if (s.type === "array") return fields(s.items);
  if (!s.properties) return null;
  return element("dl", {}, Object.entries(s.properties).map(([name, property]) => {
    const p = resolve(property);
    const more = limits(property);
    return element("div", {},
      element("dt", {}, element("code", {}, name), element("small", {}, s.required?.includes(name) ? "" : s.additionalProperties === false ? "optional" : "not always there")),
      element("dd", {}, element("p", {}, kind(property), more.length ? ["; ", more] : ""), prose(p.description), fields(property)));
  }));
}

function shownExamples(media) {
  return examples(media).map(([name, value]) =>
    element("details.example", {}, element("summary", {}, name === "Example" ? "Example" : `Example: ${name}`), block(pretty(value), name)));
}

// ---------------------------------------------------------------- operations

function showParameters(operation) {
  if (!operation.parameters.length) return null;
  return [element("h4", {}, "Parameters"), element("dl", {}, operation.parameters.map((p) =>
    element("div", {},
      element("dt", {}, element("code", {}, p.name), element("small", {}, p.in, p.required ? "" : ", optional")),
      element("dd", {}, element("p", {}, kind(p.schema), limits(p.schema).length ? ["; ", limits(p.schema)] : ""), prose(p.description)))))];
}

// bodyOf gives the body of a request, by the first of its types: JSON, or a form.
function bodyOf(operation) {
  const body = resolve(operation.requestBody);
  if (!body) return {};
  const [type, media] = Object.entries(body.content)[0];
  return { body, type, media, written: (value) => type === "application/json" ? pretty(value) : String(new URLSearchParams(value)) };
}

function showRequest(operation) {
  const { body, media } = bodyOf(operation);
  if (!body) return null;
  return [element("h4", {}, body.required ? "Body" : "Body, which may be left out"), prose(resolve(media.schema).description), fields(media.schema), shownExamples(media)];
}

function showAnswers(operation) {
  const answers = Object.entries(operation.responses).map(([status, response]) => [status, resolve(response)]);
  const good = answers.filter(([status]) => status < 400).map(([status, response]) => {
    const media = response.content?.["application/json"];
    const headers = Object.entries(response.headers ?? {}).map(([name, header]) => [name, resolve(header)]);
    return [
      element("h5", {}, element("code.status.good", {}, status), " ", inline(response.description)),
      headers.length ? element("dl", {}, headers.map(([name, header]) =>
        element("div", {}, element("dt", {}, element("code", {}, name), element("small", {}, "header")), element("dd", {}, prose(header.description))))) : null,
      media ? [fields(media.schema), shownExamples(media)] : null,
    ];
  });
  const bad = answers.filter(([status]) => status >= 400).map(([status, response]) =>
    element("tr", {}, element("td", {}, element("code", {}, status)), element("td", {}, prose(response.description))));
  return [
    element("h4", {}, "Answers"), good,
    element("h5", {}, "Errors"),
    element("div.table", {}, element("table", {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Status"), element("th", { scope: "col" }, "When"))),
      element("tbody", {}, bad))),
  ];
}

function showOperation(operation) {
  const id = operation.operationId;
  const inside = element("div.inside", { id: id + "-inside", hidden: "until-found" },
    prose(operation.description), showParameters(operation), showRequest(operation), showAnswers(operation), tryIt(operation));
  const opener = element("button.opener", { type: "button", "aria-expanded": "false", "aria-controls": inside.id, onclick: () => unfold(inside.hidden !== false) },
    element("span.method." + operation.method, {}, operation.method), element("code.path", {}, operation.path),
    operation.open ? element("span.open", {}, "no sign-in") : "", element("span.summary", {}, operation.summary));
  function unfold(open) {
    if (open) inside.removeAttribute("hidden");
    else inside.setAttribute("hidden", "until-found");
    opener.setAttribute("aria-expanded", String(open));
  }
  inside.addEventListener("beforematch", () => unfold(true)); // the browser's own search found something inside
  const card = element("article.card", { id, "aria-label": operation.summary }, element("h3", {}, opener), inside);
  card.unfold = unfold;
  return card;
}

// unfoldTarget opens the operation that the address names.
function unfoldTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.unfold?.(true);
  target?.scrollIntoView();
}

// ---------------------------------------------------------------- requests

const session = { token: "", who: "" }; // who: the local stack's word for the person, if the token came from there

// send makes a request, and gives what came back and the curl line of the same.
async function send({ method, path, headers = {}, body, type = "application/json", token, who }) {
  const all = { ...headers };
  if (body) all["Content-Type"] = type;
  const curl = ["curl -i" + (method === "GET" ? "" : " -X " + method) + " " + quote(location.origin + path)];
  for (const [name, value] of Object.entries(all)) curl.push("-H " + quote(`${name}: ${value}`));
  if (token) {
    all.Authorization = "Bearer " + token;
    curl.push(`-H "Authorization: Bearer ${who ? `$(curl -s ${location.origin}/dev/token/${who})` : "$TOKEN"}"`);
  }
  if (body) curl.push("-d " + quote(body));
  const started = performance.now();
  const response = await fetch(path, { method, headers: all, body: body || undefined, credentials: "omit", redirect: "manual", cache: "no-store" });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { /* no JSON: shown as it is */ }
  return {
    status: response.status, statusText: response.statusText, ok: response.ok, text, json, took: Math.round(performance.now() - started),
    headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n"), curl: curl.join(" \\\n  "),
  };
}

const quote = (text) => "'" + text.replaceAll("'", `'\\''`) + "'";

// outcome says in a line how a request ended.
function outcome(answer) {
  return [element(answer.ok ? "span.status.good" : "span.status.bad", {}, `${answer.status} ${answer.statusText}`), element("span.soft", {}, ` ${answer.took} ms`)];
}

function showAnswer(answer) {
  const title = (text, copied) => {
    const heading = element("h5", {}, text);
    if (navigator.clipboard) {
      const button = element("button", { type: "button", "aria-label": "Copy: " + text, onclick: async () => {
        await navigator.clipboard.writeText(copied);
        button.textContent = "Copied";
        button.setAttribute("aria-label", "Copied: " + text);
      } }, "Copy");
      heading.append(button);
    }
    return heading;
  };
  return [
    answer.text ? [title("Body", answer.text), block(answer.json === undefined ? answer.text : pretty(answer.json), "Body of the answer")] : null,
    title("Headers", answer.headers), block(answer.headers, "Headers of the answer", true),
    title("curl", answer.curl), block(answer.curl, "curl command", true),
  ].flat(Infinity).filter(Boolean);
}

// ---------------------------------------------------------------- try it

const known = {}; // ids and a code from answers, by the name of their parameter
const inputs = []; // of path parameters
const codes = []; // bodies that are a link's code

// learn keeps the ids that an answer tells, and fills them in where nobody has typed.
function learn(ids) {
  Object.assign(known, Object.fromEntries(Object.entries(ids).filter(([, value]) => value)));
  for (const input of inputs) if (known[input.name] && !input.typed) input.value = known[input.name];
  for (const body of codes) if (known.code && !body.typed) body.value = pretty({ code: known.code });
}

function learnFrom(operation, json) {
  if (operation.operationId === "getMe") learn({ userId: json.user.id, orgId: json.orgs[0]?.id, groupId: json.orgs[0]?.groups[0]?.id });
  if (operation.operationId === "createInvite") learn({ orgId: json.orgId, groupId: json.groupId, inviteId: json.id, code: json.url?.split("#")[1] });
  if (operation.operationId === "createGroup") learn({ groupId: json.id });
  if (operation.operationId === "createOrg") learn({ orgId: json.id });
}

function tryIt(operation) {
  const prefix = operation.operationId + "-";
  const controls = operation.parameters.map((p) => {
    const input = element("input", {
      id: prefix + p.name, name: p.name, required: p.required, autocomplete: "off", spellcheck: "false", autocapitalize: "off",
      value: p.in === "path" ? p.example : null, placeholder: p.in === "path" ? null : p.example,
    });
    input.addEventListener("input", () => { input.typed = true; });
    if (p.in === "path") inputs.push(input);
    return { ...p, input, label: element("label", { for: input.id }, p.name, " ", element("small", {}, p.required ? "" : "optional")) };
  });

  const { type, media, written } = bodyOf(operation);
  let body, chooser;
  if (media) {
    const samples = examples(media);
    body = element("textarea", { id: prefix + "body", spellcheck: "false", autocomplete: "off", rows: Math.max(3, written(samples[0][1]).split("\n").length) });
    body.value = written(samples[0][1]);
    body.addEventListener("input", () => { body.typed = true; });
    if (samples[0][1].code) codes.push(body);
    if (samples.length > 1) {
      chooser = element("select", { id: prefix + "example", onchange: () => { body.value = written(samples[chooser.value][1]); } },
        samples.map(([name], i) => element("option", { value: i }, name)));
    }
  }

  const said = element("p", { role: "status" }), answer = element("div");
  const button = element("button.main", { type: "submit" }, "Send");
  return element("form", { "aria-label": "Try it: " + operation.summary, onsubmit: submit },
    element("h4", {}, "Try it"),
    operation.open ? "" : element("p.soft", {}, "Sent with the token from ", element("a", { href: "#sign-in" }, "Sign-in"), "."),
    controls.map((c) => [c.label, c.input]),
    chooser ? [element("label", { for: chooser.id }, "Example"), chooser] : null,
    body ? [element("label", { for: body.id }, "Body"), body] : null,
    element("div.row", {}, button, said), answer);

  async function submit(event) {
    event.preventDefault();
    let path = operation.path;
    const query = new URLSearchParams(), headers = {};
    for (const c of controls) {
      const value = c.input.value.trim();
      if (c.in === "path") path = path.replace(`{${c.name}}`, encodeURIComponent(value));
      else if (value && c.in === "query") query.set(c.name, value);
      else if (value) headers[c.name] = value;
    }
    if (query.size) path += "?" + query;
    button.disabled = true;
    try {
      const got = await send({ method: operation.method, path, headers, body: body?.value, type, ...(operation.open ? {} : session) });
      said.replaceChildren(...outcome(got));
      answer.replaceChildren(...showAnswer(got));
      if (got.ok && got.json) learnFrom(operation, got.json);
    } catch (error) {
      said.replaceChildren(element("span.status.bad", {}, "No answer: " + error.message));
      answer.replaceChildren();
    }
    button.disabled = false;
    button.focus();
  }
}

// ---------------------------------------------------------------- signing in

function showSignIn() {
  const said = element("p.soft", { role: "status" });
  const input = element("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", "aria-describedby": "token-note" });
  input.addEventListener("input", () => {
    Object.assign(session, { token: input.value.trim(), who: "" });
    said.textContent = "";
  });
  const people = element("div.row", { hidden: true });
  const section = element("section", { "aria-labelledby": "sign-in" },
    element("h2", { id: "sign-in", tabindex: -1 }, "Sign-in"),
    element("form", { "aria-labelledby": "sign-in", onsubmit: (event) => event.preventDefault() },
      element("label", { for: "token" }, "Access token"), input,
      element("p.soft", { id: "token-note" }, "It stays in this page's memory, is sent to this deployment only, and is gone when the page is closed."),
      people, said));
  section.offer = (words) => {
    people.hidden = false;
    people.replaceChildren(element("span", {}, "On this machine, be"), ...words.map((who) => element("button", { type: "button", onclick: async () => {
      const token = await localToken(who);
      input.value = token;
      Object.assign(session, { token, who });
      const me = await send({ method: "GET", path: "/v1/me", token });
      if (me.ok) learnFrom({ operationId: "getMe" }, me.json);
      said.textContent = me.ok ? `You are ${me.json.user.name} (${who}).` : `The token of ${who} was refused: ${me.status}.`;
    } }, who)));
  };
  return section;
}

// ---------------------------------------------------------------- the local stack

const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

async function localToken(who) {
  const response = await fetch("/dev/token/" + who, { cache: "no-store" });
  if (!response.ok) throw new Error(`no token for ${who}: ${response.status}`);
  return response.text();
}

// localPeople gives the words of the local stack's people, or nothing where there is no local stack.
async function localPeople() {
  if (!loopback) return [];
  try {
    const response = await fetch("/dev/people", { cache: "no-store" });
    return response.ok ? (await response.json()).items.map((p) => p.who) : [];
  } catch {
    return [];
  }
}

// sharedGroup gives a group of an organization of the admin's that the manager is in, whatever else has been made on this machine.
async function sharedGroup(adminToken) {
  const orgs = async (token) => (await send({ method: "GET", path: "/v1/me", token })).json.orgs;
  const own = (await orgs(adminToken)).filter((org) => org.role === "admin").map((org) => org.id);
  const groups = (await orgs(await localToken("manager"))).filter((org) => org.role === "manager" && own.includes(org.id)).flatMap((org) => org.groups);
  if (!groups.length) throw new Error("The admin and the manager share no group any more: make reset brings the first one back.");
  return groups[0].id;
}

// walkThrough is a first use, step by step. Each step takes the ids that it needs from the answers before it.
function walkThrough() {
  const newGuest = () => "guest-" + Date.now().toString(36);
  const seen = { guest: newGuest() };
  const steps = [
    { text: "An admin creates a link that anyone may use for 7 days.", who: "admin", expected: 201, request: async (token) => {
      return { method: "POST", path: `/v1/groups/${await sharedGroup(token)}/invites`, body: pretty({ access: "anyone", expiration: "7d" }) };
    }, then: (invite) => {
      Object.assign(seen, { group: invite.groupId, invite: invite.id, code: invite.url.split("#")[1], guest: newGuest() });
      learnFrom({ operationId: "createInvite" }, invite);
    } },
    { text: "Whoever holds it sees what it is, without signing in.", expected: 200, request: () => ({ method: "POST", path: "/v1/invites/preview", body: pretty({ code: seen.code }) }) },
    { text: "Someone new redeems it, and is in the organization and the group.", who: () => seen.guest, called: "someone new", expected: 201, request: () => ({ method: "POST", path: "/v1/invites/redeem", body: pretty({ code: seen.code }) }) },
    { text: "Asking again takes no second place.", who: () => seen.guest, called: "someone new", expected: 200, request: () => ({ method: "POST", path: "/v1/invites/redeem", body: pretty({ code: seen.code }) }) },
    { text: "A manager sees all links of the group.", who: "manager", expected: 200, request: () => ({ method: "GET", path: `/v1/groups/${seen.group}/invites?limit=5` }) },
    { text: "The admin deletes it.", who: "admin", expected: 204, request: () => ({ method: "DELETE", path: `/v1/groups/${seen.group}/invites/${seen.invite}` }) },
    { text: "From then on it lets nobody in.", who: () => seen.guest + "-late", called: "someone else", expected: 410, request: () => ({ method: "POST", path: "/v1/invites/redeem", body: pretty({ code: seen.code }) }) },
  ];
  for (const [i, step] of steps.entries()) {
    step.button = element("button", { type: "button", disabled: i > 0, "aria-label": `Do it: step ${i + 1}`, onclick: () => run(i) }, "Do it");
    step.result = element("div.result", { role: "status" });
  }
  async function run(i) {
    const { expected, request, then, result } = steps[i];
    const who = typeof steps[i].who === "function" ? steps[i].who() : steps[i].who;
    try {
      const token = who && await localToken(who);
      const got = await send({ ...await request(token), token, who });
      const right = got.status === expected;
      if (right) then?.(got.json);
      result.replaceChildren(element(right ? "span.status.good" : "span.status.bad", {}, `${got.status} ${got.statusText}`), right ? "" : `, not ${expected}`,
        element("details.example", {}, element("summary", {}, "Request and answer"), block(got.curl, "curl command", true), got.text ? block(got.json ? pretty(got.json) : got.text, "Body of the answer") : ""));
      if (right && steps[i + 1]) steps[i + 1].button.disabled = false;
      return right;
    } catch (error) {
      result.replaceChildren(element("span.status.bad", {}, error.message));
      return false;
    }
  }
  async function runAll(event) {
    event.target.disabled = true;
    for (const i of steps.keys()) if (!await run(i)) break;
    event.target.disabled = false;
    event.target.focus();
  }
  return element("section", { "aria-labelledby": "walk" },
    element("h2", { id: "walk" }, "Walk-through"),
    element("p", {}, "A link's life on this machine's stack, with people made up for it. The ids of the last link are then filled in below."),
    element("div.row", {}, element("button.main", { type: "button", id: "walk-all", onclick: runAll }, "Do all seven")),
    element("ol.steps", {}, steps.map((step) => element("li", {}, element("span", {}, step.text, " ", element("span.soft", {}, `(${step.called ?? step.who ?? "nobody"})`)), step.button, step.result))));
}

// ---------------------------------------------------------------- the page

function showContents(groups) {
  const wide = matchMedia("(min-width: 62rem)");
  const list = element("details", { open: wide.matches }, element("summary", {}, "Operations"), groups.map(({ tag, members }) => [
    element("h2", {}, tag.name),
    element("ul", {}, members.map((o) => element("li", {}, element("a", { href: "#" + o.operationId },
      element("span.method." + o.method, {}, o.method), element("span", {}, o.summary))))),
  ]));
  wide.addEventListener("change", () => { list.open = wide.matches; });
  list.addEventListener("click", (event) => { if (event.target.closest("a") && !wide.matches) list.open = false; });
  return list;
}

async function start() {
  const main = document.getElementById("content"), loading = document.getElementById("loading");
  loading.textContent = "Loading…";
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error(String(response.status));
    api = await response.json();
  } catch (error) {
    loading.textContent = "The contract could not be loaded: " + error.message;
    return;
  }
  const all = operations();
  const groups = api.tags.map((tag) => ({ tag, members: all.filter((o) => o.tags.includes(tag.name)) }));
  const signIn = showSignIn();
  main.replaceChildren(
    element("section", { "aria-label": "About" }, prose(api.info.description)),
    signIn,
    ...groups.map(({ tag, members }, i) => element("section", { "aria-labelledby": "group-" + i },
      element("h2", { id: "group-" + i }, tag.name), prose(tag.description), members.map(showOperation))));
  document.getElementById("operations").append(showContents(groups));
  const people = await localPeople();
  if (people.length) {
    signIn.offer(people.filter((who) => who !== "newcomer2"));
    main.prepend(walkThrough());
  }
  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();
}

start();
