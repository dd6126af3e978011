//! The account of a case as its makers get it: one case with people, machtigingen, rounds and questions, its account in
//! both versions and forms, its bundle, and what stays of it when the archive is read again.

#[path = "bundel.rs"]
mod bundel;

use super::toegang::{Office, Person, person};
use super::{document, header_of, location, problem, run, site_with, text, write};
use crate::audit::{Head, hex};
use crate::mensen::Rol;
use crate::store::StoreError;
use crate::uitvoer::telling::{Beoordelingstelling, Schiftingstelling, Tellingen};
use crate::uitvoer::verantwoording::masker::NAAM;
use crate::uitvoer::verantwoording::tekst::{Blok, stuk};
use crate::uitvoer::verantwoording::{Verantwoording, Versie};
use crate::web::labels;
use crate::zaken::afbakening::Afbakening;
use crate::zaken::machtiging::{Verlening, today};
use crate::zaken::navraag::Navraag;
use crate::zaken::plan::{Begrip, NietDoorzocht, Zoekplan};
use crate::zaken::woordenlijst::Wijziging;
use crate::zaken::{Intake, Soort};
use axum::body::to_bytes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zv_indexer::source::Sources;
use zv_shared::lists::{Origin, csv};
use zv_shared::{ContentHash, Readability};

/// Names that no public version holds.
pub const NAMES: [&str; 5] = ["wolkenveld", "zilverberg", "goudsmit", "jansen", "puk"];

/// A case in which everything happened.
pub async fn case() -> Office {
    let site = site_with(4, |document| {
        let number = document.place.path.ends_with(b"3.txt");
        document.content = Some(ContentHash([document.title.len() as u8; 32]));
        if number {
            document.readability = Readability::Onleesbaar;
            document.reason = Some("beschadigd".into());
        }
        if document.place.path.ends_with(b"0.txt") {
            document.content = Some(ContentHash([9; 32]));
        }
    });
    let state = site.app.folder.clone();
    std::fs::create_dir_all(state.join("runs")).expect("runs");
    for (number, name, status) in [
        (1, "archief", "voltooid"),
        (2, "mail", "afgebroken"),
        (3, "kluis", "voltooid"),
    ] {
        Sources::register(&state, &state.join(name), Some(name)).expect("source");
        run(&state, number, name, status);
    }
    let regisseur = person(&site, "Rik Zilverberg", Rol::Regisseur);
    let intake = Intake {
        nummer: "2026-7".into(),
        soort: Soort::WooVerzoek,
        titel: "Subsidies voor de haven".into(),
        verzoek: "Graag alles over subsidies.\nMet groet, P. Puk".into(),
        verzoeker: "Piet Puk, Dorpsstraat 1".into(),
        ontvangen: "2026-03-01".parse().expect("day"),
    };
    let zaak = site
        .app
        .store
        .open_zaak(&regisseur.actor, &intake)
        .expect("zaak");
    let office = Office {
        specialist: person(&site, "Els Wolkenveld", Rol::Informatiespecialist),
        granter: person(&site, "Gea Goudsmit", Rol::BeheerderAutorisatie),
        zaak,
        regisseur,
        site,
    };
    prepare(&office).expect("prepared");
    search(&office).await;
    office
}

/// Afbakening, machtiging, zoekplan and a question to a person.
fn prepare(office: &Office) -> Result<(), StoreError> {
    let (store, zaak) = (&office.site.app.store, &office.zaak);
    let (rik, els) = (&office.regisseur.actor, &office.specialist.actor);
    let first = Afbakening {
        onderwerp: "Subsidies".into(),
        ..Afbakening::default()
    };
    store.set_afbakening(rik, zaak, 0, &first)?;
    let second = Afbakening {
        onderwerp: "Subsidies voor de haven".into(),
        van: "2020-01-01".parse().ok(),
        tot: "2025-12-31".parse().ok(),
        uitgesloten: "facturen".into(),
        afgestemd_hoe: "telefonisch met Piet Puk".into(),
        afgestemd_op: "2026-03-03".parse().ok(),
    };
    store.set_afbakening(rik, zaak, 1, &second)?;
    office.grant(&Verlening {
        aan: BTreeSet::from([els.id.clone()]),
        doel: "zoeken naar subsidies".into(),
        bronnen: ["archief", "mail"].map(str::to_owned).into(),
        plafond: Default::default(),
        van: today(),
        tot: today(),
        schijfrechten: BTreeSet::new(),
        uitgezonderd: BTreeSet::new(),
    });
    let plan = Zoekplan {
        begrippen: vec![Begrip {
            naam: "subsidie".into(),
            termen: vec!["subsidie".into(), "bijdrage".into()],
        }],
        bronnen: ["archief", "mail"].map(str::to_owned).into(),
        niet_doorzocht: vec![
            NietDoorzocht {
                bron: "papieren archief".into(),
                reden: "ligt bij het Nationaal Archief".into(),
            },
            NietDoorzocht {
                bron: "kluis".into(),
                reden: "staatsgeheim".into(),
            },
        ],
        bekende_gaten: "mail van de laatste tien weken".into(),
        ..Zoekplan::default()
    };
    store.set_zoekplan(els, zaak, 0, &plan)?;
    store.approve_zoekplan(
        &crate::mensen::Actor {
            rollen: [Rol::WooJurist].into(),
            ..rik.clone()
        },
        zaak,
        1,
    )?;
    let asked = Navraag {
        functie: "afdelingshoofd".into(),
        persoon: "Karel Jansen".into(),
        datum: "2026-03-04".parse().expect("day"),
        vraag: "Waar bewaart u stukken over subsidies,\nen wie heeft ze nog meer?".into(),
        antwoord: "Alleen op de schijf; vraag ook mevrouw Wolkenveld.".into(),
        antwoord_op: "2026-03-05".parse().ok(),
        documenten: Some(12),
        schifting: "3 dubbele weggelaten".into(),
    };
    store.ask(els, zaak, None, &asked)?;
    let list = csv::parse(
        "",
        Origin::Zaak,
        "dossier;kwestie-Jansen;havendossier".as_bytes(),
    );
    let wijziging = Wijziging {
        lijst: &list.expect("a list"),
        bron: "csv",
        reden: "zo noemt mevrouw Goudsmit het",
    };
    store.add_woordenlijst(els, zaak, "Woorden van Jansen", &wijziging)?;
    store.mask_term(els, zaak, "van:jansen")
}

/// A closed round with two zoekacties, and a try.
async fn search(office: &Office) {
    let (store, zaak, els) = (&office.site.app.store, &office.zaak, &office.specialist);
    store
        .open_ronde(&els.actor, zaak, "Alles over subsidies")
        .expect("opened");
    let questions = [
        json!({"vraag": "subsidie NIET nummer1", "zaak": zaak.id}),
        json!({"vraag": "van:Jansen OF nummer2", "breedte": "exact", "zaak": zaak.id,
            "filters": {"afzender": ["K. Jansen <k.jansen@example.org>"]}}),
        json!({"vraag": "dossier OF =nummer0", "zaak": zaak.id, "filters": {"bron": ["archief"]}}),
    ];
    for question in questions {
        let response = office.post(els, "/v1/zoekopdrachten", question).await;
        assert_eq!(
            response.status(),
            StatusCode::SEE_OTHER,
            "{}",
            text(response).await
        );
        let found = office.get(els, &location(&response)).await;
        assert_eq!(found.status(), StatusCode::OK);
    }
    counted(office);
    for nummer in [1, 2] {
        store
            .put_in_ronde(&els.actor, zaak, nummer)
            .expect("in round");
    }
    let sources = ["archief", "mail", "kluis"].map(str::to_owned);
    store
        .close_ronde(
            &els.actor,
            zaak,
            "Jansen en Zilverberg hadden niets",
            &sources,
        )
        .expect("closed");
}

fn counted(office: &Office) {
    let all = || {
        office
            .site
            .app
            .store
            .zoekacties(&office.zaak.id)
            .expect("zoekacties")
    };
    for _ in 0..600 {
        if all().iter().all(|actie| actie.telling.is_some()) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("never counted");
}

pub fn account(office: &Office, versie: Versie) -> Verantwoording {
    let app = &office.site.app;
    let actor = &office.regisseur.actor;
    Verantwoording::build(&app.store, &app.folder, &office.zaak, actor, versie).expect("built")
}

/// The account as plain text, without what is different each time.
fn plain(v: &Verantwoording) -> String {
    const CHANGING: [&str; 7] = [
        "Gemaakt",
        "Hoofd van het auditspoor",
        "Uitgevoerd",
        "Stand van de index",
        "Kenmerk van de analyse",
        "SHA-256 van het verslag",
        "Programma",
    ];
    let stuk = stuk(v);
    let mut lines = vec![format!("# {}", stuk.titel)];
    for blok in stuk.blokken {
        match blok {
            Blok::Kop(level, text, _) => {
                lines.push(format!("\n{} {text}", "#".repeat(level.into())))
            }
            Blok::Alinea(text) => lines.push(text),
            Blok::Letterlijk(text) => lines.extend(text.lines().map(|line| format!("> {line}"))),
            Blok::Lijst(items) => lines.extend(items.into_iter().map(|item| format!("- {item}"))),
            Blok::Gegevens(pairs) => lines.extend(pairs.into_iter().map(|(name, value)| {
                let changes = CHANGING.contains(&name.as_str());
                format!("{name}: {}", if changes { "…" } else { &value })
            })),
            Blok::Tabel(tabel) => {
                lines.push(format!("[{}]", tabel.titel));
                let koppen: Vec<&str> =
                    tabel.koppen.iter().map(|(name, _)| name.as_str()).collect();
                lines.push(koppen.join(" | "));
                lines.extend(tabel.rijen.iter().map(|rij| rij.join(" | ")));
            }
        }
    }
    let today = labels::day(&today().to_string());
    lines
        .join("\n")
        .replace(&today, "VANDAAG")
        .split("VANDAAG om ")
        .enumerate()
        .fold(String::new(), |whole, (at, part)| match at {
            0 => part.to_owned(),
            _ => whole + "VANDAAG" + part.get(5..).unwrap_or_default(),
        })
        + "\n"
}

/// `ZV_VERANTWOORDING=schrijf cargo test -p zv-server verantwoording` writes the texts anew.
#[tokio::test]
async fn the_account_reads_as_it_was_agreed() {
    let office = case().await;
    for versie in [Versie::Intern, Versie::Publiek] {
        let made = plain(&account(&office, versie));
        let name = format!("/src/http/tests/verantwoording-{}.txt", versie.name());
        let path = env!("CARGO_MANIFEST_DIR").to_owned() + &name;
        if std::env::var("ZV_VERANTWOORDING").is_ok_and(|wish| wish == "schrijf") {
            std::fs::write(&path, &made).expect("written");
        }
        let agreed = std::fs::read_to_string(&path).expect(&path);
        assert!(made == agreed, "{path} is not what is made now:\n{made}");
    }
}

pub async fn file(office: &Office, who: &Person, choice: Value) -> Vec<u8> {
    let path = format!("/v1/zaken/{}/verantwoordingen", office.zaak.id);
    let response = office.post(who, &path, choice).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        header_of(&response, "content-disposition")
            .starts_with("attachment; filename=\"zoekverantwoording-2026-7-")
    );
    to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("body")
        .to_vec()
}

/// Every text in a file, whatever its form.
fn all_text(bytes: &[u8]) -> String {
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else {
        return String::from_utf8(bytes.to_vec()).expect("utf-8");
    };
    let mut whole = String::new();
    for at in 0..zip.len() {
        zip.by_index(at)
            .expect("member")
            .read_to_string(&mut whole)
            .expect("text");
    }
    whole
}

fn well_formed(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut depth = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Start(start) => {
                depth += 1;
                start
                    .attributes()
                    .for_each(|attribute| drop(attribute.expect("attribute")));
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

#[tokio::test]
async fn no_name_is_left_in_the_public_version_and_never_who_asked() {
    let office = case().await;
    for vorm in ["html", "odt"] {
        let made = |versie: &str| json!({"versie": versie, "vorm": vorm});
        let public =
            all_text(&file(&office, &office.regisseur, made("publiek")).await).to_lowercase();
        for name in NAMES {
            assert!(!public.contains(name), "{vorm}: {name}");
        }
        assert!(
            public.contains(NAAM)
                && public.contains("afdelingshoofd")
                && public.contains("[verzoeker]")
        );
        assert!(public.contains("1 zoekterm is gemaskeerd"));
        let internal = all_text(&file(&office, &office.specialist, made("intern")).await);
        assert!(internal.contains("Els Wolkenveld") && internal.contains("Karel Jansen"));
        assert!(
            !internal.contains("Puk") && !internal.contains(NAAM),
            "{vorm}"
        );
    }
}

#[tokio::test]
async fn both_forms_are_well_formed_and_open_for_everybody() {
    let office = case().await;
    let html = file(
        &office,
        &office.regisseur,
        json!({"versie": "intern", "vorm": "html"}),
    )
    .await;
    let html = String::from_utf8(html).expect("utf-8");
    well_formed(&html);
    assert!(html.contains("<html lang=\"nl\">") && !html.contains("<script"));
    for table in html.split("<table>").skip(1) {
        assert!(table.trim_start().starts_with("<caption>") && table.contains("<th scope=\"col\""));
    }
    let odt = file(
        &office,
        &office.regisseur,
        json!({"versie": "intern", "vorm": "odt"}),
    )
    .await;
    assert_eq!(&odt[30..38], b"mimetype");
    let mut zip = ZipArchive::new(Cursor::new(&odt)).expect("zip");
    assert_eq!(
        zip.by_index(0).expect("first").compression(),
        zip::CompressionMethod::Stored
    );
    for name in [
        "META-INF/manifest.xml",
        "content.xml",
        "styles.xml",
        "meta.xml",
    ] {
        let mut xml = String::new();
        zip.by_name(name)
            .expect(name)
            .read_to_string(&mut xml)
            .expect("text");
        well_formed(&xml);
        let heading =
            xml.contains("text:outline-level=\"1\"") && xml.contains("<table:table-header-rows>");
        assert!(heading || name != "content.xml");
    }
}

#[tokio::test]
async fn who_does_not_work_on_the_case_takes_nothing_out() {
    let office = case().await;
    let stranger = person(&office.site, "Vreemde Vogel", Rol::Informatiespecialist);
    for (path, body) in [
        (
            "verantwoordingen",
            json!({"versie": "intern", "vorm": "html"}),
        ),
        ("bundels", json!({})),
        ("gemaskeerde-termen", json!({"term": "x"})),
    ] {
        let path = format!("/v1/zaken/{}/{path}", office.zaak.id);
        problem(
            office.post(&office.granter, &path, body.clone()).await,
            StatusCode::FORBIDDEN,
        )
        .await;
        problem(
            office.post(&stranger, &path, body).await,
            StatusCode::NOT_FOUND,
        )
        .await;
    }
    let page = format!("/zaken/{}/verantwoording", office.zaak.id);
    assert_eq!(
        office.get(&office.granter, &page).await.status(),
        StatusCode::FORBIDDEN
    );
    let shown = office.get(&office.specialist, &page).await;
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(
        text(shown)
            .await
            .contains("Volledige lijst van gebruikte zoektermen")
    );
    assert_eq!(
        office
            .site
            .app
            .store
            .uitvoeren(&office.zaak.id)
            .expect("list"),
        []
    );
    // Without a machtiging there is an account, and nothing of the archive.
    let path = format!("/v1/zaken/{}/bundels", office.zaak.id);
    let response = office.post(&office.regisseur, &path, json!({})).await;
    let bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("body");
    let whole = all_text(&bytes);
    assert!(
        whole.contains("niet opgenomen: u heeft in deze zaak geen machtiging")
            && !whole.contains("map/003.txt")
    );
}

#[tokio::test]
async fn reading_the_archive_again_changes_nothing_in_a_closed_round() {
    let office = case().await;
    let before = plain(&account(&office, Versie::Intern));
    let state = &office.site.app.folder;
    let mut changed = document("000.txt", 0);
    changed.content = Some(ContentHash([77; 32]));
    let added = document("008.txt", 8);
    let documents = vec![
        (changed, "geen woord meer".to_owned()),
        (added, "De subsidie en nummer2".to_owned()),
    ];
    write(state, documents, &[document("002.txt", 2).id]);
    run(state, 4, "archief", "afgebroken");
    assert_eq!(plain(&account(&office, Versie::Intern)), before);
}

#[tokio::test]
async fn schifting_and_beoordeling_stand_in_the_funnel_once_they_are_there() {
    let office = case().await;
    let mut v = account(&office, Versie::Publiek);
    assert!(plain(&v).contains("Er is nog niet geschift."));
    v.tellingen = Tellingen {
        schifting: Some(Schiftingstelling {
            per_waarde: [("relevant".to_owned(), 2)].into(),
            per_reden: [("buiten de periode".to_owned(), 1)].into(),
        }),
        beoordeling: Some(Beoordelingstelling {
            per_waarde: [("deels openbaar".to_owned(), 1)].into(),
            per_grond: [("5.1.2e".to_owned(), 1)].into(),
        }),
    };
    let told = plain(&v);
    for line in [
        "\nrelevant | 2\n",
        "\nbuiten de periode | 1\n",
        "\ndeels openbaar | 1\n",
        "\n5.1.2e | 1\n",
    ] {
        assert!(told.contains(line), "{line}");
    }
    assert!(!told.contains("nog niet geschift"));
}
