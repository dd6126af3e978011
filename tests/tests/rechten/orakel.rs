//! Asking two servers the same and holding everything that they answer against each other. Owns the questions and what
//! counts as an answer; knows nothing of rights.

use crate::deel::WORDS;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;
use zv_tests::archive::Numbers;
use zv_tests::server::{Response, Server};
use zv_tests::zaak::ok;

/// Somebody who asks a server, in a case or on a computer without accounts.
pub struct Client<'a> {
    server: &'a Server,
    cookie: String,
    zaak: Option<String>,
}

impl<'a> Client<'a> {
    pub fn new(server: &'a Server, cookie: &str) -> Self {
        Client {
            server,
            cookie: cookie.to_owned(),
            zaak: None,
        }
    }

    pub fn in_case(mut self, zaak: &str) -> Self {
        self.zaak = Some(zaak.to_owned());
        self
    }

    pub fn get(&self, path: &str) -> Response {
        let host = self.server.host();
        let headers = [("Host", &*host), ("Cookie", &*self.cookie)];
        self.server.send("GET", path, &headers, b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Response {
        let host = self.server.host();
        let headers = [
            ("Host", &*host),
            ("Cookie", &*self.cookie),
            ("Content-Type", "application/json"),
        ];
        self.server
            .send("POST", path, &headers, body.to_string().as_bytes())
    }

    /// The same with the case named in the body.
    fn with_case(&self, mut body: Value) -> Value {
        if let Some(zaak) = &self.zaak {
            body["zaak"] = json!(zaak);
        }
        body
    }

    /// The same with the case named in the address.
    fn of_case(&self, path: &str) -> String {
        match &self.zaak {
            Some(zaak) => format!("{path}?zaak={zaak}"),
            None => path.to_owned(),
        }
    }

    /// Everything that is told about a question.
    fn answers(&self, question: &Question) -> Value {
        let asked = self.post("/v1/zoekopdrachten", &self.with_case(question.body.clone()));
        if asked.status != 303 {
            return json!({"geweigerd": asked.status, "waarom": asked.json()["detail"]});
        }
        let address = asked.header("location").to_owned();
        let mut search = ok(self.get(&address), 200);
        without(&mut search, &["id", "gemaakt", "zoekvraag"]);
        let path = format!("{address}/resultaten?aantal={}", question.count);
        let mut results = ok(self.get(&path), 200);
        results["volgende"] = json!(results["volgende"].is_string());
        // How well a document fits is told in rounded lengths: of nearly equal ones either may come first.
        if question.body["sorteer"] == "relevantie" {
            let hits = results["resultaten"].as_array_mut().unwrap();
            hits.sort_by_key(|hit| hit["id"].to_string());
        }
        let suggested = self.with_case(json!({"begin": question.begin}));
        let suggested = ok(self.post("/v1/suggesties", &suggested), 200);
        let mut all =
            json!({"zoekopdracht": search, "resultaten": results, "suggesties": suggested});
        if question.thorough {
            let mut explained = ok(self.get(&format!("{address}/uitleg")), 200);
            without(&mut explained, &["stand"]);
            all["uitleg"] = explained;
            let page = self.get(&address.replace("/v1/zoekopdrachten/", "/zoek/"));
            assert_eq!(page.status, 200);
            all["bedoeld"] = json!(line(&page.body, "class=\"bedoeld\""));
        }
        if let Some(terms) = &question.terms {
            let body = json!({"lijst": terms, "zoekvraag": self.with_case(json!({}))});
            let mut report = ok(self.post("/v1/termenrapporten", &body), 200);
            without(&mut report, &["zoekopdracht"]);
            all["termen"] = report;
        }
        all
    }

    /// Everything that is told about a document, or that it does not exist.
    fn document(&self, id: &str) -> Value {
        let path = format!("/v1/documenten/{id}");
        let mut all = json!({});
        for part in ["", "/tekst", "/familie"] {
            let answer = self.get(&self.of_case(&format!("{path}{part}")));
            let mut body = answer.json();
            named_apart(&mut body);
            all[part] = json!({"status": answer.status, "antwoord": body});
        }
        let page = self.get(&self.of_case(&format!("/document/{id}")));
        all["bladzijde"] = json!({"status": page.status, "noemt": named(&page.body)});
        all
    }
}

fn without(value: &mut Value, fields: &[&str]) {
    for field in fields {
        value.as_object_mut().unwrap().remove(*field).unwrap();
    }
}

/// Groups of documents are called after one of them, and who sees a part is not told whether a mail says more than its
/// answers: of the first it counts that there is one, of the second nothing.
fn named_apart(body: &mut Value) {
    match body {
        Value::Object(fields) => {
            fields.remove("inclusief");
            for (name, value) in fields.iter_mut() {
                match name.as_str() {
                    "bijna" | "draad" => *value = json!(value.is_string()),
                    _ => named_apart(value),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(named_apart),
        _ => {}
    }
}

/// The line of a page with these letters.
fn line<'a>(page: &'a str, letters: &str) -> Option<&'a str> {
    page.lines().find(|line| line.contains(letters))
}

/// The documents to which a page leads, in order.
fn named(page: &str) -> Vec<&str> {
    let after = page.split("/document/").skip(1);
    after.filter_map(|rest| rest.get(..32)).collect()
}

/// What is asked at once.
struct Question {
    body: Value,
    count: usize,
    begin: String,
    /// Also how it was searched, and what may have been meant.
    thorough: bool,
    terms: Option<String>,
}

/// Questions that look random and are the same for the same seed.
pub struct Ask {
    numbers: Numbers,
    questions: usize,
    documents: BTreeSet<String>,
}

impl Ask {
    /// So many questions, and one about each of the documents.
    pub fn new(seed: u64, questions: usize, documents: BTreeSet<String>) -> Self {
        Ask {
            numbers: Numbers::new(seed),
            questions,
            documents,
        }
    }

    /// A word as somebody types it.
    fn word(&mut self) -> String {
        let word = self.numbers.one(&WORDS);
        match self.numbers.below(9) {
            0 => format!("{}*", &word[..4]),
            1 => format!("{word}~1"),
            2 => format!("={word}"),
            3 => format!("\"{word} {}\"", self.numbers.one(&WORDS)),
            // A slip of the pen.
            4 => format!("{}q{}", &word[..3], &word[3..]),
            5 => {
                let fields = [
                    "van:jan",
                    "aan:els",
                    "titel:zaak",
                    "type:txt",
                    "type:eml",
                    "pad:kamer",
                    "datum:2021",
                ];
                (*self.numbers.one(&fields)).to_owned()
            }
            _ => word.to_owned(),
        }
    }

    fn words(&mut self) -> String {
        let mut text = self.word();
        for _ in 0..self.numbers.below(3) {
            let joint = self.numbers.one(&[" EN ", " OF ", " NIET ", " "]);
            text = format!("({text}){joint}{}", self.word());
        }
        text
    }

    fn filters(&mut self) -> Value {
        let mut filters = json!({});
        let known = [
            ("map", "archief/open"),
            ("map", "archief/personeel"),
            ("map", "archief/kamer"),
            ("bron", "directie"),
            ("formaat", "txt"),
            ("formaat", "zip"),
            ("dubbel", "dubbel"),
            ("dubbel", "uniek"),
            ("dubbel", "bijna dubbel"),
            ("jaar", "2021"),
            ("afzender", "jan@proef.example"),
        ];
        if self.numbers.below(3) == 0 {
            let (field, value) = known[self.numbers.below(known.len())];
            filters[field] = json!([value]);
        }
        filters
    }

    fn next(&mut self, number: usize) -> Question {
        let orders = ["relevantie", "datum-nieuwst", "datum-oudst", "pad"];
        let together = ["geen", "geen", "dubbel", "bijna", "draad"];
        let widths = ["normaal", "normaal", "exact", "breed"];
        let empty = self.numbers.below(20) == 0;
        let body = json!({
            "vraag": if empty { String::new() } else { self.words() },
            "breedte": self.numbers.one(&widths),
            "filters": self.filters(),
            "sorteer": self.numbers.one(&orders),
            "samenvoegen": self.numbers.one(&together),
            "ongedateerd": self.numbers.below(4) > 0,
        });
        let terms = (number.is_multiple_of(10)).then(|| {
            let lines: Vec<String> = (0..8).map(|_| self.words()).collect();
            lines.join("\n")
        });
        Question {
            count: match body["sorteer"] == "relevantie" {
                true => 200,
                false => [5, 200][self.numbers.below(2)],
            },
            body,
            begin: self.numbers.one(&WORDS)[..2 + self.numbers.below(3)].to_owned(),
            thorough: number.is_multiple_of(4),
            terms,
        }
    }
}

/// What was found where nothing differed.
#[derive(Debug, Default)]
pub struct Found {
    questions: usize,
    with_hits: usize,
    refused: usize,
    meant: usize,
    documents: usize,
    visible: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} questions ({} with hits, {} refused, {} with another word meant) and {} documents ({} visible), \
             0 differences",
            self.questions, self.with_hits, self.refused, self.meant, self.documents, self.visible
        )
    }
}

/// Asks both the same; stops at the first difference.
pub fn compare(client: &Client<'_>, oracle: &Client<'_>, mut ask: Ask) -> Found {
    let mut found = Found::default();
    for id in ask.documents.clone() {
        let theirs = oracle.document(&id);
        same(&client.document(&id), &theirs, &id);
        found.documents += 1;
        found.visible += usize::from(theirs[""]["status"] == 200);
    }
    for number in 0..ask.questions {
        let question = ask.next(number);
        let theirs = oracle.answers(&question);
        same(
            &client.answers(&question),
            &theirs,
            &question.body.to_string(),
        );
        found.questions += 1;
        found.with_hits += usize::from(theirs["zoekopdracht"]["totaal"].as_u64() > Some(0));
        found.refused += usize::from(theirs["geweigerd"].is_number());
        found.meant += usize::from(theirs["bedoeld"].is_string());
    }
    // A comparison of nothing proves nothing.
    assert!(
        found.with_hits * 3 > found.questions && found.refused * 20 < found.questions,
        "{found}"
    );
    assert!(
        found.visible > 20 && found.visible + 20 < found.documents,
        "{found}"
    );
    found
}

#[track_caller]
fn same(ours: &Value, theirs: &Value, what: &str) {
    let differs = first_difference(ours, theirs, String::new());
    assert!(
        differs.is_none(),
        "{what}: {}; all of it: {ours:.3000} instead of {theirs:.3000}",
        differs.unwrap()
    );
}

fn nearly(ours: &Value, theirs: &Value) -> bool {
    let both = ours.as_f64().zip(theirs.as_f64());
    both.is_some_and(|(a, b)| (a - b).abs() <= 0.02 * b.abs())
}

/// The first place where two answers differ, with both.
fn first_difference(ours: &Value, theirs: &Value, place: String) -> Option<String> {
    if ours == theirs || (place.ends_with("/score") && nearly(ours, theirs)) {
        return None;
    }
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            let look =
                |key: &String| first_difference(&ours[key], &theirs[key], format!("{place}/{key}"));
            keys.into_iter().find_map(look)
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            let mut pairs =
                pairs.map(|(at, (a, b))| first_difference(a, b, format!("{place}/{at}")));
            pairs.find_map(|one| one)
        }
        _ => Some(format!("{place}: {ours:.1500} instead of {theirs:.1500}")),
    }
}
