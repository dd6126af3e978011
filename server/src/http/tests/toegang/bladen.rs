//! The table of the pages: for each address who may use it, and a form as its page sends it.

use super::proef::{Adres, Ids, Recht, Stuurt};
use crate::zaken::machtiging::today;
use jiff::ToSpan;
use std::collections::BTreeSet;

/// The addresses in the routers of the pages, with their methods.
pub(super) fn routes() -> BTreeSet<String> {
    let sources = [
        include_str!("../../../web/mod.rs"),
        include_str!("../../../web/generaties.rs"),
        include_str!("../../../web/verwijderen.rs"),
        include_str!("../../../web/woordenlijsten.rs"),
        include_str!("../../../web/zaken/mod.rs"),
    ];
    let mut all = BTreeSet::new();
    for source in sources {
        // Another router must be looked at here too.
        let merged = source.matches(".merge(").count();
        let known = [
            ".merge(assets::router())",
            ".merge(generaties::router())",
            ".merge(verwijderen::router())",
            ".merge(woordenlijsten::router())",
            ".merge(zaken::routes())",
        ];
        let known = known.iter().filter(|one| source.contains(**one)).count();
        assert_eq!(merged, known);
        for route in source.split(".route(").skip(1) {
            let mut parts = route.splitn(3, '"');
            let path = parts.nth(1).expect("a path");
            let rest = parts.next().expect("methods");
            let rest = rest.split(".merge(").next().unwrap_or(rest);
            let rest = rest.split("\n}").next().unwrap_or(rest);
            for (method, call) in [("GET", "get("), ("POST", "post(")] {
                let called = rest.contains(call);
                if called {
                    all.insert(format!("{method} {path}"));
                }
            }
        }
    }
    assert!(all.len() > 80, "{}", all.len());
    all
}

fn blad(naam: &'static str, recht: Recht) -> Adres {
    Adres {
        volledig: 0,
        ..Adres::leest(naam, recht)
    }
}

fn form(naam: &'static str, recht: Recht, fields: String) -> Adres {
    Adres {
        stuurt: Stuurt::Formulier(fields),
        ..blad(naam, recht)
    }
}

/// The table.
pub(super) fn bladen(ids: &Ids) -> Vec<Adres> {
    let parts = [
        algemeen(ids),
        zoeken(ids),
        zaak(ids),
        schiften(ids),
        uitvoer(),
        delen(),
        lijsten(),
        inlezen(ids),
        accounts(ids),
    ];
    parts.into_iter().flatten().collect()
}

fn algemeen(ids: &Ids) -> Vec<Adres> {
    let login = "inlognaam=els&wachtwoord=lang+genoeg+ww".to_owned();
    let in_zaak = format!("zaak={}", ids.zaak);
    let day = today();
    vec![
        blad("GET /", Recht::Vrij),
        blad("GET /hulp", Recht::Vrij),
        blad("GET /inloggen", Recht::Vrij),
        form("POST /inloggen", Recht::Vrij, login),
        blad("GET /inloggen/organisatie", Recht::Vrij),
        blad("GET /inloggen/terug", Recht::Vrij),
        blad("GET /zaken", Recht::Vrij),
        form(
            "POST /zaken",
            Recht::Vrij,
            format!("nummer=2026-10&soort=anders&titel=Ander&ontvangen={day}"),
        ),
        blad("GET /auditspoor", Recht::Zaak).met(format!("?{in_zaak}")),
        form("POST /auditspoor", Recht::Zaak, in_zaak.clone()),
        form(
            "POST /auditspoor/uitvoer",
            Recht::Zaak,
            format!("vorm=csv&{in_zaak}"),
        ),
    ]
}

fn zoeken(ids: &Ids) -> Vec<Adres> {
    let (r, zaak) = (Recht::Zicht, &ids.zaak);
    let seen = format!(
        "zaak={zaak}&wie=Els&notitie=x&getoond={}+x&bekeken={}",
        ids.document, ids.document
    );
    vec![
        form("POST /zoek", r, format!("vraag=subsidie&zaak={zaak}")),
        blad("GET /zoek/{id}", r),
        blad("GET /zoek/{id}/uitleg", r),
        form(
            "POST /zoek/{id}/uitleg",
            r,
            "getoond=0%3Asoort%3Avorm".into(),
        ),
        blad("GET /zoek/{id}/document/{document}", r),
        blad("GET /document/{document}", r).met(format!("?zaak={zaak}")),
        blad("GET /onleesbaar", r).met(format!("?zaak={zaak}")),
        blad("GET /onleesbaar.csv", r).met(format!("?zaak={zaak}")),
        form("POST /onleesbaar/bekeken", r, seen),
        blad("GET /zaken/{zaak}/termen", r),
        Adres {
            stuurt: Stuurt::Delen(vec![("lijst", "subsidie\nverleend")]),
            ..blad("POST /zaken/{zaak}/termen", r)
        },
    ]
}

fn zaak(ids: &Ids) -> Vec<Adres> {
    let (b, day) = (Recht::Binnen, today());
    let verlening = format!(
        "aan={}&doel=zoeken&bron=archief&plafond=intern&van={day}&tot={day}",
        ids.lid.id
    );
    vec![
        blad("GET /zaken/{zaak}", Recht::Zaak),
        blad("GET /zaken/{zaak}/machtigingen", Recht::Zaak),
        form(
            "POST /zaken/{zaak}/machtigingen",
            Recht::Verleent,
            verlening,
        ),
        blad(
            "POST /zaken/{zaak}/machtigingen/{id}/trek-in",
            Recht::Verleent,
        ),
        blad("GET /zaken/{zaak}/zoekplan", b),
        form(
            "POST /zaken/{zaak}/afbakeningen",
            b,
            "gezien=1&onderwerp=Subsidies".into(),
        ),
        form(
            "POST /zaken/{zaak}/zoekplannen",
            b,
            "gezien=1&begrippen=geld%3A+subsidie%3B+toelage&bron=archief&bron=elders&bron=nieuw"
                .into(),
        ),
        blad("POST /zaken/{zaak}/zoekplannen/{versie}/keur-goed", b),
        blad("GET /zaken/{zaak}/navragen", b),
        form(
            "POST /zaken/{zaak}/navragen",
            b,
            format!("functie=chef&datum={day}&vraag=Waar%3F"),
        ),
        blad("GET /zaken/{zaak}/zoeken", b),
        form("POST /zaken/{zaak}/rondes", b, "doel=nog+eens".into()),
        blad("POST /zaken/{zaak}/zoekacties/{nummer}/in-ronde", b),
        form(
            "POST /zaken/{zaak}/rondes/sluit",
            b,
            "conclusie=genoeg".into(),
        ),
        form("POST /zaken/{zaak}/besluit", b, format!("dag={day}")),
        form(
            "POST /zaken/{zaak}/leden",
            b,
            format!("account={}", ids.lid.id),
        ),
        form(
            "POST /zaken/{zaak}/termijn",
            b,
            format!("soort=zienswijze&van={day}&toelichting=wacht"),
        ),
        blad("POST /zaken/{zaak}/overname", Recht::Rol),
        blad("POST /zaken/{zaak}/sluit", b),
        form("POST /zaken/{zaak}/heropen", b, "reden=beroep".into()),
        blad("GET /zaken/{zaak}/versies", b),
        blad("GET /zaken/{zaak}/versies/{versie}/{naam}", Recht::Zicht),
    ]
}

fn schiften(ids: &Ids) -> Vec<Adres> {
    let (r, id) = (Recht::Zicht, &ids.document);
    let document = format!("document={id}&gezien=1&gezien_zaak=1");
    vec![
        blad("GET /zaken/{zaak}/schiften", Recht::Binnen),
        blad("GET /zaken/{zaak}/schiften/{rij}", r),
        form(
            "POST /zaken/{zaak}/schiften/{rij}",
            r,
            format!("{document}&waarde=relevant"),
        ),
        blad("GET /zaken/{zaak}/schiften/{rij}/alles", r),
        form(
            "POST /zaken/{zaak}/schiften/{rij}/alles",
            r,
            "waarde=relevant&gezien_zaak=1&aantal=3".into(),
        ),
        form(
            "POST /zaken/{zaak}/schiften/{rij}/terug",
            r,
            document.clone(),
        ),
        form(
            "POST /zaken/{zaak}/schiften/{rij}/beoordeling",
            r,
            format!("{document}&oordeel=openbaar"),
        ),
        form(
            "POST /zaken/{zaak}/schiften/{rij}/opmerking",
            r,
            format!("{document}&opmerking=lezen"),
        ),
        form(
            "POST /zaken/{zaak}/schiften/{rij}/definitief",
            r,
            document.clone(),
        ),
        form(
            "POST /zaken/{zaak}/schiften/{rij}/indeling",
            r,
            format!("{document}&deel=deelbesluit-1"),
        ),
        blad("GET /zaken/{zaak}/werkverdeling", r),
        form(
            "POST /zaken/{zaak}/werkverdeling",
            r,
            format!("stapel=relevant&over={}", ids.lid.id),
        ),
        blad("GET /zaken/{zaak}/stukken/{wie}", r),
        blad("GET /zaken/{zaak}/tegenstrijdig", r),
        form(
            "POST /zaken/{zaak}/tegenstrijdig/overnemen",
            r,
            format!(
                "soort=schifting&document={id}&lid={id}:1&lid={}:0",
                ids.tweede
            ),
        ),
        blad("GET /zaken/{zaak}/steekproeven/{nummer}", r),
        form(
            "POST /zaken/{zaak}/steekproeven/{nummer}/oordelen",
            r,
            format!("gezien-{id}=1&oordeel-{id}=relevant"),
        ),
    ]
}

fn uitvoer() -> Vec<Adres> {
    let (b, z) = (Recht::Binnen, Recht::Zicht);
    vec![
        blad("GET /zaken/{zaak}/uitvoer", b),
        form(
            "POST /zaken/{zaak}/lijst",
            z,
            "van=1&profiel=volledig-intern&vorm=csv".into(),
        ),
        form("POST /zaken/{zaak}/pakket", z, "van=1&tekst=ja".into()),
        form("POST /zaken/{zaak}/nummers", z, String::new()),
        form(
            "POST /zaken/{zaak}/steekproef",
            z,
            "zoekactie=1&soort=precisie&aantal=2".into(),
        ),
        blad("GET /zaken/{zaak}/vergelijken", b).met("?wat=zoekacties&een=1&ander=1".into()),
        form(
            "POST /zaken/{zaak}/vergelijken/lijst",
            z,
            "wat=zoekacties&een=1&ander=1&vorm=csv".into(),
        ),
        blad("GET /zaken/{zaak}/verantwoording", b),
        form(
            "POST /zaken/{zaak}/verantwoording/bestand",
            b,
            "versie=intern&vorm=html".into(),
        ),
        blad("POST /zaken/{zaak}/verantwoording/bundel", b),
        form(
            "POST /zaken/{zaak}/verantwoording/masker",
            b,
            "term=toelage".into(),
        ),
    ]
}

fn delen() -> Vec<Adres> {
    let (b, z, day) = (Recht::Binnen, Recht::Zicht, today());
    let last = day + 14.days();
    vec![
        blad("GET /zaken/{zaak}/deelbesluiten", b),
        form("POST /zaken/{zaak}/deelbesluiten", b, "naam=Tweede".into()),
        form(
            "POST /zaken/{zaak}/belanghebbenden",
            b,
            "naam=Buur&categorie=een+derde".into(),
        ),
        form(
            "POST /zaken/{zaak}/zienswijzen",
            b,
            format!("belanghebbende=1&gevraagd_op={day}&uiterlijk={last}&verzoek=Wat"),
        ),
        form(
            "POST /zaken/{zaak}/indelingen",
            z,
            "deel=deelbesluit-1&zoekactie=1&wat=erbij&aantal=3&gezien=2".into(),
        ),
    ]
}

fn lijsten() -> Vec<Adres> {
    let r = Recht::Binnen;
    let rows = |naam, extra: &[(&'static str, &'static str)]| {
        let fields = [("vorm", "csv"), ("tekst", "kade;wal"), ("reden", "nodig")];
        Adres {
            stuurt: Stuurt::Delen([&fields[..], extra].concat()),
            ..blad(naam, r)
        }
    };
    vec![
        blad("GET /zaken/{zaak}/woordenlijsten", r),
        rows("POST /zaken/{zaak}/woordenlijsten", &[("naam", "Kades")]),
        form(
            "POST /zaken/{zaak}/woordenlijsten/zoekplan",
            r,
            "plan=1&begrip=geld&reden=nodig".into(),
        ),
        rows(
            "POST /zaken/{zaak}/woordenlijsten/{nummer}",
            &[("gezien", "3")],
        ),
        form(
            "POST /zaken/{zaak}/woordenlijsten/{nummer}/gebruik",
            r,
            "gezien=4&aan=false&reden=stoort".into(),
        ),
        blad("GET /zaken/{zaak}/woordenlijsten/{nummer}/{versie}", r),
        blad(
            "POST /zaken/{zaak}/woordenlijsten/{nummer}/{versie}/keur-goed",
            r,
        ),
    ]
}

fn inlezen(ids: &Ids) -> Vec<Adres> {
    let r = Recht::Rol;
    vec![
        blad("GET /bronnen", r),
        form("POST /bronnen", r, format!("map={}&naam=nog+een", ids.map)),
        blad("GET /bronnen/{bron}", r),
        blad("GET /bronnen/{bron}/export", r),
        form(
            "POST /bronnen/{bron}/export",
            r,
            "waarde=Nader+te+bepalen&beleid=machtiging".into(),
        ),
        blad("GET /bronnen/{bron}/proefscan", r),
        form("POST /bronnen/{bron}/proefscan", r, "actie=breek-af".into()),
        blad("GET /bronnen/{bron}/koppeling", r),
        form(
            "POST /bronnen/{bron}/koppeling",
            r,
            "actie=bewaar&lijst=lijst.csv&vorm=csv&pad=pad&kolom=naam&veld=titel".into(),
        ),
        form("POST /bronnen/{bron}/regels", r, "niet=*.bak".into()),
        form(
            "POST /bronnen/{bron}/rooster",
            r,
            "gezien=1&tijden=0+4+*+*+*&soort=bijwerken".into(),
        ),
        form(
            "POST /bronnen/{bron}/opdrachten",
            r,
            "soort=bijwerken".into(),
        ),
        blad("POST /bronnen/{bron}/opdrachten/{id}/breek-af", r),
        blad("GET /generaties", r),
        form("POST /generaties", r, String::new()),
        form("POST /generaties/terug", r, "toch=ja".into()),
        form("POST /generaties/bevestig", r, String::new()),
        form("POST /generaties/breek-af", r, "opdracht=1".into()),
        blad("GET /verwijderen", Recht::Accounts),
        form(
            "POST /verwijderen",
            r,
            format!("grond=avg&kenmerk=x&documenten={}", ids.document),
        ),
        form(
            "POST /verwijderen/{nummer}/besluit",
            Recht::Accounts,
            "besluit=afwijzen".into(),
        ),
        blad("GET /runs", r),
        blad("GET /runs/{number}", r),
    ]
}

fn accounts(ids: &Ids) -> Vec<Adres> {
    let r = Recht::Accounts;
    vec![
        blad("GET /rechten", r),
        form(
            "POST /rechten/nagekeken",
            r,
            format!("account={}&opmerking=klopt", ids.account),
        ),
        blad("POST /rechten/uitvoer", r),
        blad("GET /accounts", r),
        form(
            "POST /accounts",
            r,
            "inlognaam=weer&naam=Weer&wachtwoord=lang+genoeg+ww".into(),
        ),
        blad("GET /accounts/{id}", r),
        form("POST /accounts/{id}/rollen", r, "rol=auditor".into()),
        form(
            "POST /accounts/{id}/principalen",
            r,
            "principalen=gid%3A100".into(),
        ),
        form(
            "POST /accounts/{id}/wachtwoord",
            r,
            "wachtwoord=lang+genoeg+ww".into(),
        ),
        form("POST /accounts/{id}/stand", r, "stand=uit".into()),
        blad("POST /accounts/{id}/tweede-stap", r),
        blad("POST /accounts/{id}/tokens/{token}/trek-in", r),
        blad("GET /account", Recht::Vrij),
        blad("POST /account/tweede-stap", Recht::Vrij),
        form(
            "POST /account/tweede-stap/bevestig",
            Recht::Vrij,
            "code=1".into(),
        ),
        form(
            "POST /account/tweede-stap/uit",
            Recht::Vrij,
            "code=1".into(),
        ),
        form(
            "POST /account/tokens",
            Recht::Vrij,
            "naam=rapport&bereik=lezen&dagen=1".into(),
        ),
        blad("POST /account/tokens/{token}/trek-in", Recht::Vrij),
        blad("GET /eerste-beheerder", Recht::Vrij),
        form("POST /eerste-beheerder", Recht::Vrij, "code=x".into()),
        // Last of all: whoever sends it has no session any more.
        blad("POST /uitloggen", Recht::Vrij),
    ]
}
