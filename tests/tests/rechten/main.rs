//! As a citizen I trust that who searches finds what she may see and learns nothing of the rest. Two people ask the real
//! server thousands of questions about one Samba share with real rights, and each answer is held against that of a
//! program that never saw anything else.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, with the place"
)]

mod deel;
mod orakel;
#[path = "../../../indexer/tests/index_run/samba.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests of the indexer"
)]
mod samba;
#[path = "../../../indexer/tests/support/mod.rs"]
#[allow(unreachable_pub, reason = "shared with the tests of the indexer")]
mod support;

use deel::{BRONNEN, Deel, sees};
use orakel::{Ask, Client, compare};
use samba::{ANNA, BERT, GROUP};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use zv_tests::disk::{self, Disk};
use zv_tests::program::{Program, text};
use zv_tests::server::{Response, Server};
use zv_tests::zaak::{intake, ok};

const SERVE: [&str; 3] = ["serve", "--adres", "127.0.0.1:0"];
const PASSWORD: &str = "een lang wachtwoord";

fn main() -> ExitCode {
    let tests: [(&str, fn()); 1] = [(
        "two_people_learn_over_http_what_they_may_see_and_no_more",
        two_people_learn_over_http_what_they_may_see_and_no_more,
    )];
    match samba::no_samba().or_else(disk::not_possible) {
        None => support::run_some(&tests, &[]),
        Some(why) => support::run_some(&[], &tests.map(|(name, _)| (name, why))),
    }
}

/// How many questions each person asks under each kind of machtiging; more when somebody asks for it, in the time that
/// takes.
fn questions() -> usize {
    let number = std::env::var("ZV_RECHTEN_VRAGEN").ok();
    number.map_or(300, |number| number.parse().unwrap())
}

/// Quick to ask, and on a disk that costs no time.
fn program(disk: &Disk) -> Program {
    Program::on(disk.path()).with("ZOEKENVIND__SERVER__VERZOEKEN_PER_SECONDE", "60000")
}

/// Who has a machtiging in which case.
struct Office<'a> {
    server: &'a Server,
    granter: Client<'a>,
    regisseur: Client<'a>,
    accounts: Value,
}

fn login<'a>(server: &'a Server, name: &str) -> Client<'a> {
    let body = json!({"inlognaam": name, "wachtwoord": PASSWORD});
    let answer = server.post_json("/v1/sessies", &body);
    assert_eq!(answer.status, 204, "{}", answer.body);
    let cookie = answer.header("set-cookie").split(';').next().unwrap();
    Client::new(server, cookie)
}

impl<'a> Office<'a> {
    fn open(server: &'a Server) -> Self {
        let granter = login(server, "gea");
        let accounts = ok(granter.get("/v1/accounts"), 200);
        let office = Office {
            server,
            granter,
            regisseur: login(server, "rik"),
            accounts,
        };
        let sid = |name: &str| format!("sid:{name}");
        for (name, principals) in [
            ("anna", vec![sid(ANNA)]),
            ("bert", vec![sid(BERT), sid(GROUP)]),
        ] {
            let path = format!("/v1/accounts/{}/principalen", office.id(name));
            done(
                &office
                    .granter
                    .post(&path, &json!({"principalen": principals})),
            );
        }
        office.confidentiality(BRONNEN[0], "intern");
        office.confidentiality(BRONNEN[1], "intern");
        office
    }

    fn confidentiality(&self, bron: &str, rubricering: &str) {
        let body = json!({"bron": bron, "rubricering": rubricering});
        let sources = login(self.server, "bea");
        done(&sources.post("/v1/rubriceringen", &body));
    }

    fn id(&self, name: &str) -> String {
        let all = self.accounts["accounts"].as_array().unwrap();
        let found = all.iter().find(|account| account["inlognaam"] == name);
        text(found.unwrap(), "id")
    }

    /// A case in which somebody searches with this machtiging.
    fn grants(&self, who: &str, number: &str, more: &Value) -> Client<'a> {
        let mut intake = intake();
        intake["nummer"] = json!(number);
        let zaak = text(&ok(self.regisseur.post("/v1/zaken", &intake), 201), "id");
        let mut body = json!({"aan": [self.id(who)], "doel": "zoeken", "bronnen": BRONNEN,
            "van": "2020-01-01", "tot": "2099-12-31"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = format!("/v1/zaken/{zaak}/machtigingen");
        ok(self.granter.post(&path, &body), 201);
        login(self.server, who).in_case(&zaak)
    }
}

fn done(answer: &Response) {
    assert_eq!(answer.status, 204, "{}", answer.body);
}

/// A program with all sources of the share and everybody's account.
fn with_accounts(disk: &Disk, deel: &Deel) -> Program {
    let program = program(disk);
    let rules = disk.path().join("regels.json");
    std::fs::write(&rules, r#"{"rechten_lezen": true}"#).unwrap();
    for bron in BRONNEN {
        let root = deel.root().join(bron);
        let add = ["bron", "voeg-toe", root.to_str().unwrap(), "--naam", bron];
        program.run(&add).ok();
        program
            .run(&["bron", "regels", bron, rules.to_str().unwrap()])
            .ok();
        let account = program.index(&root);
        assert_eq!(account["rechten_onbekend"], 0, "{account:#}");
    }
    for (name, role) in [
        ("rik", "regisseur"),
        ("gea", "beheerder-autorisatie"),
        ("bea", "beheerder-bronnen"),
        ("anna", "informatiespecialist"),
        ("bert", "informatiespecialist"),
    ] {
        let make = ["gebruiker", "maak", name, "--rol", role];
        program.run_with_input(&make, PASSWORD.as_bytes()).ok();
    }
    program
}

/// A program that knows only these files.
fn alone(disk: &Disk, deel: &Deel, visible: &dyn Fn(&str) -> bool) -> (Program, tempfile::TempDir) {
    let program = program(disk);
    let folder = tempfile::tempdir().unwrap();
    for bron in BRONNEN {
        let root = folder.path().join(bron);
        if deel.copy(bron, &root, visible) > 0 {
            program.index_with(&root, &["--bron", bron]).ok();
        }
    }
    // Without what a run rewrote on its way: that counts in how well a document fits.
    program.run(&["index", "--opnieuw"]).ok();
    program.run(&["index", "--bevestig"]).ok();
    (program, folder)
}

/// A machtiging, and which files it opens.
struct Opened {
    who: &'static str,
    number: &'static str,
    machtiging: Value,
    sees: fn(&str) -> bool,
}

/// By the rights on the share; and instead of them, but for what is named and what is too confidential.
fn opened() -> [Opened; 4] {
    let by_rights = json!({"plafond": "departementaal-vertrouwelijk", "schijfrechten": BRONNEN});
    let but = |patterns: &[&str]| {
        let each = patterns
            .iter()
            .map(|pattern| json!({"bron": "archief", "patroon": pattern}));
        json!({"plafond": "intern", "uitgezonderd": each.collect::<Vec<_>>()})
    };
    [
        Opened {
            who: "anna",
            number: "A-1",
            machtiging: by_rights.clone(),
            sees: |name| sees(ANNA, name),
        },
        Opened {
            who: "bert",
            number: "B-1",
            machtiging: by_rights,
            sees: |name| sees(BERT, name),
        },
        Opened {
            who: "anna",
            number: "A-2",
            machtiging: but(&["personeel/dossiers", "*.eml"]),
            sees: |name| {
                let inside = name.starts_with("archief/");
                inside && !name.contains("/personeel/dossiers/") && !name.ends_with(".eml")
            },
        },
        Opened {
            who: "bert",
            number: "B-2",
            machtiging: but(&["KAMER", "*.zip"]),
            sees: |name| {
                let inside = name.starts_with("archief/");
                inside && !name.contains("/kamer/") && !name.ends_with(".zip")
            },
        },
    ]
}

fn two_people_learn_over_http_what_they_may_see_and_no_more() {
    let deel = Deel::new();
    let disk = Disk::new(4_000);
    let program = with_accounts(&disk, &deel);
    let everything = ids(&disk, &deel);
    let server = Server::start(&program, &SERVE);
    let office = Office::open(&server);
    let kinds = opened();
    let granted = |one: Opened| {
        let client = office.grants(one.who, one.number, &one.machtiging);
        (one, client)
    };
    let granted: Vec<_> = kinds.into_iter().map(granted).collect();
    // More confidential than two of the machtigingen go: closed for those from then on.
    office.confidentiality(BRONNEN[1], "departementaal-vertrouwelijk");
    let (anna, bert): (Vec<_>, Vec<_>) = granted.iter().partition(|(one, _)| one.who == "anna");
    // Both at the same time: neither may get what was remembered for the other.
    std::thread::scope(|scope| {
        for (seed, mine) in [(1, anna), (2, bert)] {
            let (disk, deel, everything) = (&disk, &deel, &everything);
            scope.spawn(move || {
                for (one, client) in mine {
                    let (lonely, _files) = alone(disk, deel, &one.sees);
                    let oracle = Server::start(&lonely, &SERVE);
                    let ask = Ask::new(seed, questions(), everything.clone());
                    let found = compare(client, &Client::new(&oracle, ""), ask);
                    println!("{}: {found}", one.number);
                }
            });
        }
    });
    drop(server);
    program.run(&["audit", "controleer"]).ok();
}

/// The ids of all documents of the share.
fn ids(disk: &Disk, deel: &Deel) -> BTreeSet<String> {
    let (all, _files) = alone(disk, deel, &|_| true);
    let found = all.search_with("", &["--max", "10000"]);
    let hits = found["resultaten"].as_array().unwrap().iter();
    let ids: BTreeSet<String> = hits.map(|hit| text(hit, "id")).collect();
    assert!(
        ids.len() > 120 && Path::new(&deel.root()).is_dir(),
        "{}",
        ids.len()
    );
    ids
}
