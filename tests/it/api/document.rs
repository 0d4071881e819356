//! The document of the API: it says what the routes are, it is an OpenAPI document, and what it shows runs.

use std::collections::{BTreeMap, BTreeSet};

use erikti_node::front::row_of;
use erikti_node::http::{self, operations};
use erikti_node::problem::Code;
use erikti_node::text::Language;
use erikti_protocol::kind;
use erikti_tests::process::{Member, converge, partner};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::wire::{Answer, Door, administrator};

/// Operations that call another machine: their own suite has one.
const ELSEWHERE: [&str; 2] = ["testHook", "redeliverHook"];

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Path, method, operation: in the order in which examples may run.
fn said(document: &Value) -> Vec<(String, String, Value)> {
    let mut said = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(METHODS.contains(&method.as_str()), "{method} {path}");
            said.push((path.clone(), method.to_uppercase(), operation.clone()));
        }
    }
    said.sort_by_key(|(_, _, operation)| operation["x-order"].as_u64());
    said
}

#[test]
fn the_document_says_what_the_routes_are() {
    let document = http::openapi();
    let told: BTreeSet<(String, String)> = said(&document)
        .into_iter()
        .map(|(path, method, _)| (method, path))
        .collect();
    let routes = http::routes();
    let there: BTreeSet<(String, String)> = routes
        .list()
        .iter()
        .map(|(method, path)| ((*method).to_owned(), path.replace("{*", "{")))
        .collect();
    assert_eq!(told, there);
    assert_eq!(routes.list().len(), there.len(), "a route stands twice");
    for (method, path) in routes.list() {
        assert!(
            row_of(method, path).is_some(),
            "{method} {path} has no row in the access table"
        );
    }
}

#[test]
fn the_document_is_an_openapi_document() {
    let document = http::openapi();
    assert_eq!(document["openapi"], "3.1.0");
    for member in ["title", "version"] {
        assert!(document["info"][member].is_string());
    }
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let operations = said(&document);
    for (path, method, operation) in &operations {
        let at = format!("{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().expect("an id").to_owned()),
            "{at}"
        );
        assert!(
            tags.contains(operation["tags"][0].as_str().expect("a tag")),
            "{at}"
        );
        let in_path: BTreeSet<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let mut named = BTreeSet::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let place = parameter["in"].as_str().expect("a place");
            assert!(["path", "query", "header"].contains(&place), "{at}");
            assert!(parameter["schema"].is_object(), "{at}: {name}");
            if place == "path" {
                assert_eq!(parameter["required"], true, "{at}: {name}");
                named.insert(name);
            }
        }
        assert_eq!(named, in_path, "{at}");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{at}"
        );
        for (status, response) in responses {
            assert!(
                status == "default" || status.parse::<u16>().is_ok(),
                "{at} {status}"
            );
            assert!(response["description"].is_string(), "{at} {status}");
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(
                body["content"]["application/json"]["example"].is_object(),
                "{at}"
            );
        }
        for security in operation["security"].as_array().expect("security") {
            for name in security.as_object().expect("names").keys() {
                assert!(
                    document["components"]["securitySchemes"][name].is_object(),
                    "{at}"
                );
            }
        }
    }
    for (_, _, operation) in &operations {
        for response in operation["responses"]
            .as_object()
            .expect("responses")
            .values()
        {
            for link in response["links"]
                .as_object()
                .into_iter()
                .flat_map(Map::values)
            {
                let to = link["operationId"].as_str().expect("an id");
                assert!(
                    ids.contains(to),
                    "a link leads to {to}, which is no operation"
                );
            }
        }
    }
    each_reference(&document, &mut |reference| {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    });
}

fn each_reference(value: &Value, seen: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(reference) if name == "$ref" => seen(reference),
                    value => each_reference(value, seen),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, seen)),
        _ => {}
    }
}

fn compiled(document: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    jsonschema::validator_for(&schema).unwrap_or_else(|e| panic!("{e}"))
}

fn check(validator: &Validator, value: &Value, what: &str) {
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}\n{value:#}");
}

#[test]
fn every_schema_compiles_and_takes_what_its_kind_takes() {
    let document = http::openapi();
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    for schema in schemas.values() {
        compiled(&document, schema);
    }
    for kind in kind::all() {
        let schema = &schemas[&format!("kind.{}", kind.name)];
        let validator = compiled(&document, schema);
        check(&validator, &Value::Object((kind.sample)()), kind.name);
        for field in kind
            .fields
            .iter()
            .filter(|field| field.required && field.name != "type")
        {
            let mut without = (kind.sample)();
            without.remove(field.name);
            let without = Value::Object(without);
            assert!(
                !validator.is_valid(&without),
                "{} without {}",
                kind.name,
                field.name
            );
        }
        for field in kind.fields {
            let mut wrong = (kind.sample)();
            wrong.insert(field.name.to_owned(), json!(1.5));
            let wrong = Value::Object(wrong);
            assert!(
                !validator.is_valid(&wrong),
                "{} with a wrong {}",
                kind.name,
                field.name
            );
        }
    }
    for operation in operations::all() {
        if let Some(body) = operation.body {
            let validator = compiled(&document, &schemas[body.schema]);
            check(&validator, &(body.example)(), operation.id);
        }
    }
}

/// What earlier answers gave to an operation: parameters by place and name, members of the body.
type Gifts = BTreeMap<String, Gift>;

#[derive(Default)]
struct Gift {
    parameters: BTreeMap<String, String>,
    body: Map<String, Value>,
}

/// Remembers what an answer gives to others, as the document's links say.
fn remember(gifts: &mut Gifts, response: &Value, answer: &Answer) {
    let body = || answer.json();
    let resolved = |expression: &str| match expression.split_once('#') {
        Some(("$response.body", pointer)) => body().pointer(pointer).cloned(),
        _ => {
            let name = expression.strip_prefix("$response.header.")?;
            answer.header(&name.to_lowercase()).map(Value::from)
        }
    };
    for link in response["links"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
    {
        let to = gifts
            .entry(link["operationId"].as_str().expect("an id").to_owned())
            .or_default();
        for (name, expression) in link["parameters"].as_object().into_iter().flatten() {
            let value = resolved(expression.as_str().expect("an expression"));
            let value = value.unwrap_or_else(|| panic!("{expression} is not in {}", answer.text()));
            to.parameters
                .insert(name.clone(), value.as_str().expect("text").to_owned());
        }
        for (name, items) in link["requestBody"].as_object().into_iter().flatten() {
            let items = items.as_array().expect("items");
            let items: Vec<_> = items
                .iter()
                .filter_map(|item| resolved(item.as_str()?))
                .collect();
            to.body.insert(name.clone(), json!(items));
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'/' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Runs an operation's example.
fn run(door: &Door, path: &str, method: &str, operation: &Value, gifts: &Gifts) -> Answer {
    let id = operation["operationId"].as_str().expect("an id");
    let gift = gifts.get(id);
    let (mut target, mut query, mut headers) = (path.to_owned(), Vec::new(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, place) = (
            parameter["name"].as_str().expect("a name"),
            parameter["in"].as_str().expect("a place"),
        );
        let given = gift.and_then(|gift| gift.parameters.get(&format!("{place}.{name}")).cloned());
        let example = match &parameter["example"] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let Some(value) = given.or(example) else {
            assert_ne!(
                parameter["required"], true,
                "{id}: nothing says what {name} may be"
            );
            continue;
        };
        match place {
            "path" => target = target.replace(&format!("{{{name}}}"), &encoded(&value)),
            "query" => query.push(format!("{name}={}", encoded(&value))),
            _ => headers.push((name.to_owned(), value)),
        }
    }
    if !query.is_empty() {
        target = format!("{target}?{}", query.join("&"));
    }
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    match operation.get("requestBody") {
        None => door.ask(method, &target, &headers, b""),
        Some(body) => {
            let mut body = body["content"]["application/json"]["example"].clone();
            for (name, value) in gift.iter().flat_map(|gift| &gift.body) {
                body[name] = value.clone();
            }
            door.send(method, &target, &headers, &body)
        }
    }
}

/// Checks an answer against what the document says of it, and returns what that is.
fn answered<'a>(document: &Value, operation: &'a Value, answer: &Answer) -> &'a Value {
    let id = operation["operationId"].as_str().expect("an id");
    let response = &operation["responses"][answer.status.to_string()];
    assert!(
        (200..300).contains(&answer.status) && response.is_object(),
        "{id}: {} {}",
        answer.status,
        answer.text()
    );
    if let Some(content) = response["content"].as_object() {
        let media = answer.header("content-type").expect("a type");
        let media = media.split(';').next().unwrap_or_default();
        let content = content
            .get(media)
            .unwrap_or_else(|| panic!("{id} answers {media}"));
        if media == "application/json" {
            check(&compiled(document, &content["schema"]), &answer.json(), id);
        }
    }
    for name in response["headers"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
    {
        // A page says where the next one is only when there is one.
        assert!(
            name == "Link" || answer.header(&name.to_lowercase()).is_some(),
            "{id}: {name}"
        );
    }
    response
}

#[test]
fn every_example_runs_and_every_answer_is_as_the_document_says() {
    let mut other = Member::init("Other", &[]);
    let mut member = Member::init("Example", &[]);
    member.set("http.public_url", "https://volunteers.example.org");
    let (token, own, colleague) = administrator(&member);
    other.start();
    member.start();
    partner(&member, &other);
    // Each has the other's log, with a checkpoint: any of them may be the first in a list.
    converge(&[&member, &other], 2);
    let door = Door::token(&member, &token);
    let document = door.get("/openapi.json").good();
    assert_eq!(document, http::openapi());
    let mut gifts = Gifts::new();
    // Another node's invitation is the one thing that no answer of this node gives.
    let third = {
        let mut third = Member::init("Third", &[]);
        third.start();
        third
    };
    let link = third.ask(&["peer", "invite"])["link"].clone();
    let accepting = gifts.entry("acceptInvitation".to_owned()).or_default();
    accepting.body.insert("link".to_owned(), link);
    for (path, method, operation) in said(&document) {
        if operation["responses"]["200"]["content"]["text/event-stream"].is_object() {
            // It never ends: its own tests read it.
            continue;
        }
        if ELSEWHERE.contains(&operation["operationId"].as_str().expect("an id")) {
            continue;
        }
        let answer = run(&door, &path, &method, &operation, &gifts);
        let response = answered(&document, &operation, &answer);
        remember(&mut gifts, response, &answer);
        // Whoever runs the examples does not remove itself.
        for gift in gifts.values_mut() {
            for value in gift.parameters.values_mut().filter(|value| **value == own) {
                value.clone_from(&colleague);
            }
        }
    }
}

#[test]
fn what_strangers_are_answered_is_as_the_document_says_too() {
    let mut member = Member::init("Example", &[]);
    member.set("http.public_url", "https://volunteers.example.org");
    member.start();
    let operator = Door::operator(&member);
    let body = json!({"kind": "opportunity", "subject": {"title": {"en": "Plant trees"}}});
    let id = operator.post("/v1/records", &body).good()["id"].clone();
    let document = http::openapi();
    let world = Door::world(&member);
    let mut gifts = Gifts::new();
    for name in ["showRecord", "showHistory", "showProof", "showBundle"] {
        let gift = gifts.entry(name.to_owned()).or_default();
        let id = id.as_str().expect("an id").to_owned();
        gift.parameters.insert("path.id".to_owned(), id);
    }
    let mut asked = 0;
    for (path, method, operation) in said(&document) {
        let open = operation["security"][0]
            .as_object()
            .is_some_and(Map::is_empty);
        let stream = operation["responses"]["200"]["content"]["text/event-stream"].is_object();
        if method != "GET" || !open || stream {
            continue;
        }
        let answer = run(&world, &path, &method, &operation, &gifts);
        let response = answered(&document, &operation, &answer);
        remember(&mut gifts, response, &answer);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            None,
            "{path}"
        );
        asked += 1;
    }
    assert!(asked > 15, "{asked}");
}

#[test]
fn the_page_has_every_operation_schema_and_problem_and_no_script() {
    let mut member = Member::init("Manual", &[]);
    member.start();
    let world = Door::world(&member);
    let page = world.get("/api");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let page = page.text();
    for operation in operations::all() {
        assert!(
            page.contains(&format!("id=\"{}\"", operation.id)),
            "{}",
            operation.id
        );
    }
    for name in http::openapi()["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .keys()
    {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
    let problems = world.get("/problems").text();
    for code in erikti_node::problem::Code::ALL {
        assert!(
            problems.contains(&format!("id=\"{}\"", code.as_str())),
            "{}",
            code.as_str()
        );
    }
    for text in [&page, &problems] {
        assert!(!text.contains("<script") && !text.contains("style="));
        for link in text.split("href=\"#").skip(1) {
            let anchor = link.split('"').next().expect("an end");
            assert!(text.contains(&format!("id=\"{anchor}\"")), "#{anchor}");
        }
    }
    for link in page.split("href=\"/problems#").skip(1) {
        let anchor = link.split('"').next().expect("an end");
        assert!(problems.contains(&format!("id=\"{anchor}\"")), "#{anchor}");
    }
    assert_eq!(world.get("/assets/style.css").status, 200);
}

#[test]
fn pages_for_programs_speak_the_readers_language() {
    let mut member = Member::init("Manual", &[]);
    member.start();
    let world = Door::world(&member);
    for language in Language::OFFERED {
        let tag = language.tag();
        let headers = [("Accept-Language", tag)];
        let page = |target: &str| {
            let page = world.ask("GET", target, &headers, b"");
            let vary = page.header("vary").expect("it depends on the reader");
            assert!(vary.contains("accept-language"), "{vary}");
            page.text()
        };
        let (api, problems) = (page("/api"), page("/problems"));
        for (text, here) in [(&api, "/api"), (&problems, "/problems")] {
            assert!(text.contains(&format!("<html lang=\"{tag}\"")), "{tag}");
            for other in Language::OFFERED {
                let to = format!("href=\"/language/{}?to={here}\"", other.tag());
                assert!(text.contains(&to), "{to}");
            }
        }
        for key in ["api-part-records", "api-who-coordinators", "api-again"] {
            assert!(api.contains(&language.say(key)), "{tag}: {key}");
        }
        for code in [Code::RecordMalformed, Code::LinkGone] {
            assert!(problems.contains(&language.say(&code.key())), "{tag}");
            assert!(
                problems.contains(language.say(code.exit().key()).as_str()),
                "{tag}"
            );
        }
    }
    // Who has chosen a language reads it here, too.
    let chosen = [("Cookie", "language=kk"), ("Accept-Language", "ru")];
    let page = world.ask("GET", "/problems", &chosen, b"").text();
    assert!(page.contains("<html lang=\"kk\""));
}
