//! The table of the API: for each operation who may use it, and a well-formed request. In this order somebody who may
//! do everything sends them all, so that there is something of everything.

use super::proef::{Adres, Ids, Recht};
use crate::zaken::machtiging::today;
use jiff::ToSpan;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An operation of the description.
pub(super) struct Operatie {
    pub(super) methode: String,
    pub(super) pad: String,
}

/// The operations of the description, by `operationId`.
pub(super) fn operaties() -> BTreeMap<String, Operatie> {
    let description: Value =
        serde_json::from_str(include_str!("../../../../openapi.json")).expect("openapi.json");
    let mut all = BTreeMap::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let id = operation["operationId"].as_str().expect("id").to_owned();
            let operatie = Operatie {
                methode: method.to_uppercase(),
                pad: format!("/v1{path}"),
            };
            let twice = all.insert(id, operatie);
            assert!(twice.is_none(), "{path}: an id of another");
        }
    }
    all
}

/// The table.
pub(super) fn adressen(ids: &Ids) -> Vec<Adres> {
    let parts = [
        zoeken(ids),
        voorbereiden(ids),
        ronde(),
        schiften(ids),
        indelen(ids),
        uitvoeren(ids),
        sluiten(),
        verlenen(ids),
        inlezen(ids),
        mensen(ids),
    ];
    parts.into_iter().flatten().collect()
}

fn zoeken(ids: &Ids) -> Vec<Adres> {
    let vraag = json!({"vraag": "subsidie", "zaak": ids.zaak});
    let zaak = || format!("?zaak={}", ids.zaak);
    let r = Recht::Zicht;
    vec![
        Adres::stuurt("maakZoekopdracht", r, 303, vraag.clone()),
        Adres::leest("leesZoekopdracht", r),
        Adres::leest("leesResultaten", r),
        Adres::leest("legZoekopdrachtUit", r),
        Adres::stuurt(
            "vulWoordAan",
            r,
            200,
            json!({"begin": "subs", "zaak": ids.zaak}),
        ),
        Adres::stuurt(
            "maakTermenrapport",
            r,
            200,
            json!({"lijst": "subsidie\nverleend", "zoekvraag": {"zaak": ids.zaak}}),
        ),
        Adres::leest("leesDocument", r).met(zaak()),
        Adres::leest("leesTekst", r).met(zaak()),
        Adres::leest("leesFamilie", r).met(zaak()),
        Adres::leest("haalOrigineel", r).met(zaak()),
        Adres::leest("leesGronden", Recht::Vrij),
    ]
}

fn voorbereiden(ids: &Ids) -> Vec<Adres> {
    let (r, day) = (Recht::Binnen, today());
    let plan = json!({"gezien": 0, "inhoud": {"begrippen": [{"naam": "geld", "termen": ["subsidie", "toelage"]}],
        "bronnen": ["archief", "elders"], "niet_doorzocht": []}});
    let navraag = json!({"functie": "directeur", "datum": day, "vraag": "Waar ligt het?"});
    let lijst = json!({"soort": "tekst", "vorm": "csv", "tekst": "subsidie;toelage"});
    vec![
        Adres::leest("leesZaken", Recht::Vrij),
        Adres::stuurt(
            "openZaak",
            Recht::Vrij,
            201,
            json!({"nummer": "2026-9", "soort": "anders", "titel": "Nieuw", "ontvangen": day}),
        ),
        Adres::leest("leesZaak", Recht::Zaak),
        Adres::leest("leesVerdwenenDocumenten", r),
        Adres::stuurt("voegLidToe", r, 204, json!({"account": ids.lid.id})),
        Adres::stuurt(
            "verlengTermijn",
            r,
            204,
            json!({"soort": "verdaging", "van": day, "toelichting": "druk"}),
        ),
        Adres::stuurt("bepaalBesluit", r, 204, json!({"dag": day})),
        Adres::stuurt(
            "wijzigAfbakening",
            r,
            201,
            json!({"gezien": 0, "inhoud": {"onderwerp": "Subsidies"}}),
        ),
        Adres::leest("leesAfbakeningen", r),
        Adres::stuurt("wijzigZoekplan", r, 201, plan),
        Adres::leest("leesZoekplannen", r),
        // Somebody else than its writer approves.
        Adres::doet("keurZoekplanGoed", r, 422),
        Adres::stuurt("legNavraagVast", r, 201, navraag.clone()),
        Adres::stuurt(
            "werkNavraagBij",
            r,
            204,
            json!({"gezien": 1, "inhoud": navraag}),
        ),
        Adres::leest("leesNavragen", r),
        Adres::stuurt(
            "maakWoordenlijst",
            r,
            201,
            json!({"naam": "Geld", "inhoud": lijst, "reden": "nodig"}),
        ),
        Adres::stuurt(
            "wijzigWoordenlijst",
            r,
            201,
            json!({"gezien": 1, "inhoud": lijst, "reden": "beter"}),
        ),
        Adres::stuurt(
            "zetWoordenlijst",
            r,
            201,
            json!({"gezien": 2, "aan": false, "reden": "stoort"}),
        ),
        Adres::doet("keurWoordenlijstGoed", r, 422),
        Adres::leest("leesWoordenlijsten", r),
        Adres::leest("leesWoordenlijstversie", r),
    ]
}

fn ronde() -> Vec<Adres> {
    let r = Recht::Binnen;
    vec![
        Adres::stuurt("openRonde", r, 201, json!({"tekst": "eerst"})),
        Adres::doet("zetInRonde", r, 200),
        Adres::leest("leesRondes", r),
        Adres::leest("leesZoekacties", r),
        Adres::leest("leesZoekactie", r),
        Adres::leest("vergelijkZoekacties", r).met("?met=1".into()),
        Adres::leest("vergelijkRondes", r).met("?met=1".into()),
        Adres::leest("leesVerschillen", Recht::Zicht)
            .met("?wat=zoekacties&een=1&ander=1&deel=gelijk".into()),
        Adres::stuurt(
            "maakVerschillijst",
            Recht::Zicht,
            200,
            json!({"wat": "zoekacties", "een": 1, "ander": 1}),
        ),
    ]
}

fn schiften(ids: &Ids) -> Vec<Adres> {
    let r = Recht::Zicht;
    let document = json!({"soort": "document", "document": ids.document});
    let openbaar = json!({"document": ids.document, "beoordeling": {"oordeel": "openbaar"}});
    vec![
        Adres::stuurt(
            "schiftDocumenten",
            r,
            201,
            json!({"doel": document, "schifting": {"waarde": "relevant"}}),
        ),
        Adres::leest("leesSchiftingen", r),
        Adres::leest("leesSchiftingsgeschiedenis", r),
        Adres::leest("leesSchifthandelingen", r),
        Adres::leest("leesVeiligstellingen", r),
        Adres::stuurt("beoordeelDocument", r, 201, openbaar),
        Adres::leest("leesBeoordelingen", r),
        // Somebody else than who judged makes it final.
        Adres::stuurt("maakDefinitief", r, 422, json!({"gezien": 1})),
        Adres::leest("leesTegenstrijdigheden", r),
        Adres::stuurt(
            "trekGelijk",
            r,
            204,
            json!({"soort": "schifting", "voorbeeld": {"document": ids.document, "gezien": 1},
                "andere": [{"document": ids.tweede, "gezien": 0}]}),
        ),
        Adres::stuurt(
            "wijsDocumentenToe",
            r,
            204,
            json!({"aan": ids.lid.id, "documenten": [ids.document]}),
        ),
        Adres::leest("leesToewijzingen", r),
        Adres::stuurt(
            "verdeelDocumenten",
            r,
            201,
            json!({"stapel": {"soort": "relevant"}, "over": [ids.lid.id]}),
        ),
        Adres::leest("leesWerkvoorraden", r),
        Adres::stuurt("plaatsOpmerking", r, 204, json!({"tekst": "lezen"})),
        Adres::leest("leesOpmerkingen", r),
        Adres::stuurt("kenNummersToe", r, 201, json!({})),
        Adres::leest("leesNummers", r),
        Adres::stuurt(
            "trekSteekproef",
            r,
            201,
            json!({"zoekactie": 1, "soort": "precisie", "aantal": 3, "zaad": "zelfde"}),
        ),
        Adres::leest("leesSteekproeven", Recht::Binnen),
        Adres::leest("leesSteekproef", r),
        Adres::stuurt(
            "beoordeelSteekproef",
            r,
            200,
            json!({"oordelen": [{"document": ids.document, "oordeel": "relevant"}]}),
        ),
    ]
}

fn indelen(ids: &Ids) -> Vec<Adres> {
    let (b, z, day) = (Recht::Binnen, Recht::Zicht, today());
    let document = json!({"doel": {"soort": "document", "document": ids.document}});
    let deel = json!({"naam": "Eerste deel"});
    let derde = json!({"naam": "Bouwbedrijf Zilt"});
    let zienswijze =
        json!({"gevraagd_op": day, "uiterlijk": day + 14.days(), "verzoek": "Wat vindt u?"});
    vec![
        Adres::stuurt("maakDeelbesluit", b, 201, deel.clone()),
        Adres::stuurt(
            "wijzigDeelbesluit",
            b,
            204,
            json!({"gezien": 1, "inhoud": deel}),
        ),
        Adres::leest("leesDeelbesluiten", b),
        Adres::stuurt("deelInBijDeelbesluit", z, 201, document.clone()),
        Adres::leest("leesDocumentenVanDeelbesluit", z),
        Adres::stuurt("legBelanghebbendeVast", b, 201, derde.clone()),
        Adres::stuurt(
            "wijzigBelanghebbende",
            b,
            204,
            json!({"gezien": 1, "inhoud": derde}),
        ),
        Adres::leest("leesBelanghebbenden", b),
        Adres::stuurt("deelInBijBelanghebbende", z, 201, document),
        Adres::leest("leesDocumentenVanBelanghebbende", z),
        Adres::leest("leesIndelingen", z),
        Adres::stuurt("vraagZienswijze", b, 201, zienswijze.clone()),
        Adres::stuurt(
            "werkZienswijzeBij",
            b,
            204,
            json!({"gezien": 1, "inhoud": zienswijze}),
        ),
    ]
}

fn uitvoeren(ids: &Ids) -> Vec<Adres> {
    let (b, z) = (Recht::Binnen, Recht::Zicht);
    let spoor = json!({"filter": {"zaak": ids.zaak}});
    vec![
        Adres::stuurt(
            "maakLijst",
            z,
            200,
            json!({"zoekactie": 1, "profiel": "volledig-intern", "vorm": "csv"}),
        ),
        Adres::stuurt("maakPakket", z, 200, json!({"zoekactie": 1, "tekst": true})),
        Adres::stuurt("maskeerTerm", b, 204, json!({"term": "toelage"})),
        Adres::leest("leesGemaskeerdeTermen", b),
        Adres::stuurt(
            "maakVerantwoording",
            b,
            200,
            json!({"versie": "intern", "vorm": "html"}),
        ),
        Adres::doet("maakBundel", b, 200),
        Adres::leest("leesUitvoer", b),
        Adres::leest("leesAuditregels", Recht::Zaak).met(format!("?zaak={}", ids.zaak)),
        Adres::stuurt("zoekAuditregels", Recht::Zaak, 200, spoor.clone()),
        Adres::stuurt("voerAuditregelsUit", Recht::Zaak, 200, spoor),
    ]
}

fn sluiten() -> Vec<Adres> {
    let r = Recht::Binnen;
    vec![
        Adres::stuurt("sluitRonde", r, 200, json!({"tekst": "genoeg"})),
        Adres::doet("sluitZaak", r, 204),
        Adres::stuurt("heropenZaak", r, 204, json!({"reden": "bezwaar"})),
        Adres::leest("leesZaakversies", r),
        Adres::leest("haalBewaardBestand", Recht::Zicht),
    ]
}

fn verlenen(ids: &Ids) -> Vec<Adres> {
    let verlening = json!({"aan": [ids.lid.id], "doel": "zoeken", "bronnen": ["archief"], "van": today(), "tot": today()});
    vec![
        Adres::leest("leesMachtigingen", Recht::Zaak),
        Adres::stuurt("verleenMachtiging", Recht::Verleent, 201, verlening),
        Adres::doet("trekMachtigingIn", Recht::Verleent, 204),
        Adres::doet("neemZaakOver", Recht::Rol, 204),
    ]
}

fn inlezen(ids: &Ids) -> Vec<Adres> {
    let r = Recht::Rol;
    let rubricering = json!({"bron": "archief", "rubricering": "departementaal-vertrouwelijk"});
    vec![
        Adres::leest("leesBronnen", Recht::Vrij),
        Adres::stuurt(
            "voegBronToe",
            r,
            201,
            json!({"map": ids.map, "naam": "nieuw"}),
        ),
        Adres::leest("leesBron", r),
        Adres::stuurt(
            "wijzigKoppeling",
            r,
            204,
            json!({"lijst": "lijst.csv", "pad": "pad"}),
        ),
        // There is no such list: who may look is told so.
        Adres::stuurt(
            "bekijkKoppeling",
            r,
            422,
            json!({"lijst": "weg.csv", "pad": "pad"}),
        ),
        Adres::doet("verwijderKoppeling", r, 204),
        Adres::leest("leesProefscan", r),
        Adres::doet("breekProefscanAf", r, 204),
        Adres::doet("beginProefscan", r, 204),
        Adres::stuurt("wijzigBronregels", r, 204, json!({"niet": ["*.tmp"]})),
        Adres::stuurt(
            "wijzigRooster",
            r,
            200,
            json!({"gezien": 0, "inhoud": {"tijden": "0 3 * * *"}}),
        ),
        Adres::stuurt("vraagOpdracht", r, 201, json!({"soort": "bijwerken"})),
        Adres::leest("leesOpdrachten", r),
        Adres::doet("breekOpdrachtAf", r, 204),
        Adres::stuurt("bepaalRubricering", r, 204, rubricering),
        Adres::stuurt(
            "stelVerwijderingVoor",
            r,
            201,
            json!({"grond": "avg", "kenmerk": "AVG-1", "documenten": [ids.document]}),
        ),
        Adres::leest("leesVerwijderopdrachten", Recht::Accounts),
        Adres::leest("leesVerwijderopdracht", Recht::Accounts),
        // Somebody else than who proposed it decides.
        Adres::doet("bevestigVerwijdering", Recht::Accounts, 422),
        Adres::doet("wijsVerwijderingAf", Recht::Accounts, 422),
        Adres::leest("leesGeneraties", r),
        Adres::doet("maakGeneratie", r, 201),
        // There is none from before.
        Adres::stuurt("gaTerugNaarVorigeIndex", r, 422, json!({"toch": true})),
        Adres::doet("bevestigIndex", r, 422),
        Adres::leest("leesRuns", r),
        Adres::leest("leesRun", r),
        Adres::leest("leesUitkomsten", r),
        Adres::leest("leesVoortgang", r),
        Adres::leest("volgVoortgang", r),
    ]
}

fn mensen(ids: &Ids) -> Vec<Adres> {
    let r = Recht::Accounts;
    let inlog = json!({"inlognaam": "els", "wachtwoord": "lang genoeg ww"});
    let account = json!({"inlognaam": "nieuw", "naam": "Nieuw", "wachtwoord": "lang genoeg ww", "rollen": []});
    let eerste =
        json!({"code": "x", "inlognaam": "x", "naam": "X", "wachtwoord": "lang genoeg ww"});
    let code = json!({"code": "niet een code"});
    let token = json!({"naam": "rapport", "bereik": ["lezen"], "dagen": 1});
    assert_ne!(ids.account, ids.lid.id);
    vec![
        Adres::stuurt("opentSessie", Recht::Vrij, 204, inlog),
        // There are accounts already.
        Adres::stuurt("maakEersteBeheerder", Recht::Vrij, 422, eerste),
        Adres::leest("leesTweedeStap", Recht::Vrij),
        Adres::doet("begintTweedeStap", Recht::Vrij, 201),
        Adres::stuurt("bevestigtTweedeStap", Recht::Vrij, 422, code.clone()),
        Adres::stuurt("zetTweedeStapUit", Recht::Vrij, 422, code),
        // Nobody lost an app.
        Adres::doet("wisTweedeStap", r, 422),
        Adres::stuurt("maakToken", Recht::Vrij, 201, token),
        Adres::leest("leesTokens", Recht::Vrij),
        Adres::leest("leesTokensVanAccount", r),
        Adres::doet("trekTokenIn", Recht::Vrij, 204),
        Adres::leest("leesAccounts", r),
        Adres::stuurt("maakAccount", r, 201, account),
        Adres::stuurt("wijzigRollen", r, 204, json!({"rollen": ["auditor"]})),
        Adres::leest("leesPrincipalen", r),
        Adres::stuurt(
            "bepaalPrincipalen",
            r,
            204,
            json!({"principalen": ["gid:100"]}),
        ),
        Adres::stuurt(
            "wijzigWachtwoord",
            r,
            204,
            json!({"wachtwoord": "lang genoeg ww"}),
        ),
        Adres::stuurt("zetAccountAanOfUit", r, 204, json!({"uit": true})),
        Adres::stuurt("wisNaam", r, 200, json!({"reden": "verzoek van dora"})),
    ]
}
