//! A case with something of everything in it, and the way to send what stands in the tables of addresses. Owns the setup;
//! what may come back is for the tests.

use super::{Office, Person, office, person_with};
use crate::http::tests::{document, location, request, run, site_with, text};
use crate::mensen::{Actor, Rol, Via};
use crate::zaken::machtiging::{Rubricering, Verlening, Wijze, today};
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use jiff::ToSpan;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::Read;
use zv_indexer::account::{Line, Note, Runs};
use zv_indexer::source::Sources;
use zv_shared::ContentHash;

/// What stands in hidden documents, and how they are called: nobody without a right to it sees any of this.
pub(super) const GEHEIM: [&str; 4] = ["is verleend", "nummer0", "Nota 00", "map/00"];

/// Who may use an address, beside a machtiging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recht {
    /// Everybody with an account.
    Vrij,
    /// Who has a role for it.
    Rol,
    /// Who manages accounts.
    Accounts,
    /// Who takes part in the case, grants in it or checks it.
    Zaak,
    /// Who grants in the case.
    Verleent,
    /// Who takes part in the case.
    Binnen,
    /// Who has a machtiging in the case that holds.
    Zicht,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(super) enum Stuurt {
    Niets,
    Json(Value),
    Formulier(String),
    /// A form with a file in it, with these fields.
    Delen(Vec<(&'static str, &'static str)>),
}

/// An address with what is needed to use it.
#[derive(Clone, Debug)]
pub(super) struct Adres {
    /// Its `operationId`; of a page its method and path.
    pub(super) naam: &'static str,
    pub(super) recht: Recht,
    pub(super) stuurt: Stuurt,
    /// Behind the question mark.
    pub(super) vraag: String,
    /// What who may do everything gets.
    pub(super) volledig: u16,
}

impl Adres {
    pub(super) fn leest(naam: &'static str, recht: Recht) -> Self {
        Adres {
            naam,
            recht,
            stuurt: Stuurt::Niets,
            vraag: String::new(),
            volledig: 200,
        }
    }

    pub(super) fn stuurt(naam: &'static str, recht: Recht, volledig: u16, body: Value) -> Self {
        Adres {
            stuurt: Stuurt::Json(body),
            volledig,
            ..Adres::leest(naam, recht)
        }
    }

    pub(super) fn doet(naam: &'static str, recht: Recht, volledig: u16) -> Self {
        Adres {
            volledig,
            ..Adres::leest(naam, recht)
        }
    }

    pub(super) fn met(mut self, vraag: String) -> Self {
        self.vraag = vraag;
        self
    }
}

/// What there is, by its id.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    pub(super) zaak: String,
    pub(super) document: String,
    /// One that nobody judged.
    pub(super) tweede: String,
    pub(super) zoekopdracht: String,
    /// Somebody of whom the account is changed, and with whom nothing else happens.
    pub(super) account: String,
    /// Somebody to grant to.
    pub(super) lid: Actor,
    /// Machtigingen to withdraw, over the API and on a page.
    pub(super) machtigingen: [String; 2],
    /// Cases on which nobody works, in the same way.
    pub(super) verweesd: [String; 2],
    /// A folder to be added as a source.
    pub(super) map: String,
}

impl Ids {
    /// The address with ids for its parts.
    pub(super) fn in_pad(&self, pad: &str) -> String {
        let page = usize::from(!pad.starts_with("/v1/"));
        let id = match pad {
            _ if pad.contains("documenten/{id}") => &self.document,
            _ if pad.contains("accounts/{id}") => &self.account,
            _ if pad.contains("machtigingen/{id}") => &self.machtigingen[page],
            _ if pad.contains("opdrachten/{id}") && !pad.contains("zoek") => "1",
            _ => &self.zoekopdracht,
        };
        let zaak = match pad.ends_with("/overname") {
            true => &self.verweesd[page],
            false => &self.zaak,
        };
        // What stands in a round already is not put in one again.
        let nummer = match page == 1 && pad.ends_with("/in-ronde") {
            true => "2",
            false => "1",
        };
        let pad = pad
            .replace("{id}", id)
            .replace("{zaak}", zaak)
            .replace("{document}", &self.document)
            .replace("{account}", &self.account)
            .replace("{nummer}", nummer)
            .replace("{token}", "1")
            .replace("{number}", "1")
            .replace("{rij}", "1")
            .replace("{wie}", "mijn")
            .replace("{versie}", "1")
            .replace("{naam}", "documenten.csv")
            .replace("{bron}", "archief");
        assert!(!pad.contains('{'), "{pad}: name an id for it in this test");
        pad
    }
}

/// A case with people, documents with originals, and one who may do everything.
pub(super) struct Proef {
    pub(super) office: Office,
    pub(super) alles: Person,
    pub(super) ids: Ids,
    _folder: tempfile::TempDir,
}

/// The number of a document of [`Proef::nieuw`], by its title.
fn number(title: &str) -> u16 {
    title[5..8].parse().expect("a number")
}

impl Proef {
    /// With `count` documents, of which the source of each is what `bron` says.
    pub(super) fn nieuw(count: u16, bron: impl Fn(u16) -> &'static str) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let original = |number| format!("De subsidie met nummer{number} is verleend.");
        std::fs::create_dir_all(folder.path().join("archief/map")).expect("folder");
        for number in 0..count {
            let file = folder.path().join(format!("archief/map/{number:03}.txt"));
            std::fs::write(file, original(number)).expect("original");
        }
        let site = site_with(count, |document| {
            let number = number(&document.title);
            let bytes = original(number);
            document.bron = bron(number).into();
            document.content = Some(ContentHash(Sha256::digest(&bytes).into()));
            document.size = bytes.len() as u64;
            document.fingerprint.size = document.size;
        });
        for (number, name) in [(1, "archief"), (2, "elders")] {
            let map = folder.path().join(name);
            std::fs::create_dir_all(&map).expect("folder");
            Sources::register(&site.app.folder, &map, Some(name)).expect("source");
            let (begun, lines) = Runs::new(&site.app.folder).begin().expect("run");
            assert_eq!(begun, number);
            let line = Line::at(b"map/000.txt", Note::Gedeeltelijk, "te lang");
            lines.add(&line).and_then(|()| lines.flush()).expect("line");
            run(&site.app.folder, number, name, "voltooid");
        }
        let map = folder.path().join("nieuw");
        std::fs::create_dir_all(&map).expect("folder");
        let office = office(site);
        let alles = person_with(&office.site, "alles", &Rol::ALL);
        let ids = ids(&office, map.display().to_string());
        office
            .site
            .app
            .store
            .add_member(&office.regisseur.actor, &office.zaak, &alles.actor.id)
            .expect("member");
        Proef {
            office,
            alles,
            ids,
            _folder: folder,
        }
    }

    /// Somebody who works on the case: searches and judges.
    pub(super) fn lid(&self, name: &str) -> Person {
        let roles = [Rol::Informatiespecialist, Rol::WooJurist];
        let person = person_with(&self.office.site, name, &roles);
        let (store, by) = (&self.office.site.app.store, &self.office.regisseur.actor);
        store
            .add_member(by, &self.office.zaak, &person.actor.id)
            .expect("member");
        person
    }

    /// Grants what falls with the closing of a case: to search, and what can be withdrawn.
    pub(super) fn verleent(&mut self) {
        let (store, by) = (&self.office.site.app.store, &self.office.granter.actor);
        let all = self.verlening(&self.alles.actor, &["archief", "elders"]);
        self.office.grant(&all);
        let some = self.verlening(&self.ids.lid, &["archief"]);
        self.ids.machtigingen = [(); 2].map(|()| {
            let granted = store.grant(by, &self.office.zaak, Wijze::VierOgen, &some);
            granted.expect("granted").id
        });
    }

    /// From yesterday until tomorrow, for these sources.
    pub(super) fn verlening(&self, to: &Actor, bronnen: &[&str]) -> Verlening {
        Verlening {
            aan: BTreeSet::from([to.id.clone()]),
            doel: "zoeken".into(),
            bronnen: bronnen.iter().map(|bron| (*bron).to_owned()).collect(),
            plafond: Rubricering::DepartementaalVertrouwelijk,
            van: today() - 1.day(),
            tot: today() + 1.day(),
            schijfrechten: BTreeSet::new(),
            uitgezonderd: BTreeSet::new(),
        }
    }

    /// A search of `who` that is recorded as far as they may search, and counted.
    pub(super) async fn zoekt(&self, who: &Person, vraag: &str) -> String {
        let address = location(&self.office.ask(who, vraag).await);
        text(self.office.get(who, &address).await).await;
        self.geteld().await;
        address.trim_start_matches("/v1/zoekopdrachten/").to_owned()
    }

    /// Waits until everything that was searched is counted.
    pub(super) async fn geteld(&self) {
        let store = &self.office.site.app.store;
        for _ in 0..600 {
            let acties = store.zoekacties(&self.office.zaak.id).expect("read");
            if acties.iter().all(|actie| actie.telling.is_some()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("never counted");
    }

    /// Sends to an address, as `who`.
    pub(super) async fn stuur(
        &self,
        who: &Person,
        methode: &str,
        pad: &str,
        adres: &Adres,
    ) -> Antwoord {
        let pad = format!("{pad}{}", adres.vraag);
        let sent = request(methode, &pad).header(header::COOKIE, &who.cookie);
        let (kind, body) = match &adres.stuurt {
            // A button sends an empty form.
            Stuurt::Niets if pad.starts_with("/v1/") => ("application/json", String::new()),
            Stuurt::Niets => ("application/x-www-form-urlencoded", String::new()),
            Stuurt::Json(body) => ("application/json", body.to_string()),
            Stuurt::Formulier(form) => ("application/x-www-form-urlencoded", form.clone()),
            Stuurt::Delen(fields) => ("multipart/form-data; boundary=naad", parts(fields)),
        };
        let sent = sent.header(header::CONTENT_TYPE, kind);
        let sent = sent.body(Body::from(body)).expect("request");
        Antwoord::van(self.office.site.send(sent).await).await
    }
}

fn parts(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--naad\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let all: String = fields.iter().map(part).collect();
    format!("{all}--naad--\r\n")
}

fn ids(office: &Office, map: String) -> Ids {
    let store = &office.site.app.store;
    let dora = person_with(&office.site, "dora", &[]);
    let lid = person_with(&office.site, "leo", &[Rol::Informatiespecialist]);
    let left = |nummer: &str| {
        let intake =
            json!({"nummer": nummer, "soort": "anders", "titel": "Oud", "ontvangen": "2026-01-05"});
        let intake = serde_json::from_value(intake).expect("intake");
        let opened = store.open_zaak(&Actor::local(Via::Opdracht), &intake);
        opened.expect("opened").id
    };
    Ids {
        zaak: office.zaak.id.clone(),
        document: document("000.txt", 0).id.to_string(),
        tweede: document("001.txt", 1).id.to_string(),
        zoekopdracht: String::new(),
        account: dora.actor.id,
        machtigingen: [String::new(), String::new()],
        lid: lid.actor,
        verweesd: ["2025-1", "2025-2"].map(left),
        map,
    }
}

/// An answer with everything that can be read in it.
#[derive(Clone, Debug)]
pub(super) struct Antwoord {
    pub(super) status: StatusCode,
    pub(super) soort: String,
    /// The headers, a line each.
    pub(super) koppen: String,
    /// The body; of a package the names and the contents of what it holds.
    pub(super) tekst: String,
}

impl Antwoord {
    async fn van(response: Response) -> Self {
        let status = response.status();
        let headers = response.headers();
        let line = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
        };
        let koppen: String = headers.iter().map(line).collect();
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind
            .map_or("", |kind| kind.to_str().expect("text"))
            .to_owned();
        // A stream that goes on as long as somebody listens.
        let tekst = match kind.starts_with("text/event-stream") {
            true => String::new(),
            false => {
                let bytes = to_bytes(response.into_body(), usize::MAX).await;
                readable(&bytes.expect("body"))
            }
        };
        Antwoord {
            status,
            soort: kind,
            koppen,
            tekst,
        }
    }

    /// It in a line, for a person to look at.
    pub(super) fn bij(&self, adres: &Adres, methode: &str, pad: &str) -> String {
        let shown: String = self.tekst.chars().take(600).collect();
        format!("{} {methode} {pad}: {} {shown}", adres.naam, self.status)
    }

    /// The first of `words` that can be read in it.
    pub(super) fn verraadt<'a>(&self, words: &[&'a str]) -> Option<&'a str> {
        let shown = |word: &&&str| self.tekst.contains(**word) || self.koppen.contains(**word);
        words.iter().find(shown).copied()
    }
}

fn readable(bytes: &[u8]) -> String {
    let Some(mut zip) = bytes
        .starts_with(b"PK")
        .then(|| zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("zip"))
    else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let mut all = String::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("file");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("read");
        let name = file.name().expect("a name").into_owned();
        all.push_str(&format!("== {name}\n{}\n", readable(&content)));
    }
    all
}
