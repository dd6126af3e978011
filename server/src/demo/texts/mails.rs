//! The mails of the demo archive: a conversation, mails with attachments, one sent on. Only words; every
//! organisation and person is invented.

use super::super::{Mail, Style};

const NOOR: &str = "Noor Achterveld <n.achterveld@waterveen.example>";
const JORIS: &str = "Joris van der Kreek <j.vanderkreek@waterveen.example>";
const ZOE: &str = "Zoë Brandsma <z.brandsma@waterveen.example>";
const RENEE: &str = "Renée Duinker <r.duinker@waterveen.example>";
const ILSE: &str = "Ilse Vroonhoven <i.vroonhoven@waterveen.example>";
const SANNE: &str = "Sanne Wittebol <s.wittebol@waterveen.example>";
const TJEERD: &str = "Tjeerd Molenwiek <molenwiek@noorderwind.example>";

/// A mail without anything special.
const PLAIN: Mail = Mail {
    path: "",
    style: Style::Plain,
    date: "",
    id: "",
    from: "",
    to: "",
    cc: "",
    subject: "",
    answers: &[],
    attachments: &[],
    forwards: "",
    body: "",
};

/// Every mail.
pub const MAILS: &[Mail] = &[
    Mail {
        path: "Postbus/Archief 2021/Geluidsmetingen Lage Dijk.eml",
        date: "2021-08-23 08:41",
        id: "20210823.1@waterveen.example",
        from: NOOR,
        to: TJEERD,
        cc: JORIS,
        subject: "Geluidsmetingen Lage Dijk",
        body: "
Beste Tjeerd,

In veel zienswijzen lees ik zorgen over het geluid van de windturbines. Kunnen jullie de metingen van het achtergrondgeluid aan de
Lage Dijk met ons delen? Ik wil ze als bijlage bij de Nota van zienswijzen voegen (dossier 2021/4567).

Graag vóór 1 september, dan kan ik ze nog verwerken.

Met vriendelijke groet,

Noor Achterveld
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Archief 2021/Re Geluidsmetingen Lage Dijk.eml",
        date: "2021-08-24 15:17",
        id: "20210824.77@noorderwind.example",
        from: TJEERD,
        to: NOOR,
        cc: JORIS,
        subject: "Re: Geluidsmetingen Lage Dijk",
        answers: &["20210823.1@waterveen.example"],
        body: "
Dag Noor,

De metingen hebben we, maar de huishoudens zijn herkenbaar aan hun adres. Mag het adres eruit, of lakken jullie dat zelf? Als de norm
naar 43 decibel gaat, kost ons dat ongeveer één procent van de opbrengst. Daar kunnen we mee leven.

Groet, Tjeerd

> Kunnen jullie de metingen van het achtergrondgeluid aan de Lage Dijk met ons delen?
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Archief 2021/Re Re Geluidsmetingen Lage Dijk.eml",
        date: "2021-08-25 09:02",
        id: "20210825.4@waterveen.example",
        from: JORIS,
        to: TJEERD,
        cc: NOOR,
        subject: "Re: Re: Geluidsmetingen Lage Dijk",
        answers: &["20210823.1@waterveen.example", "20210824.77@noorderwind.example"],
        body: "
Tjeerd,

Stuur ze met adres; wij anonimiseren voordat het bestuursorgaan ze openbaar maakt. Dat de norm van 43 decibel voor jullie haalbaar is,
neem ik op in de overwegingen van het besluit. Bevestig je dat nog formeel per brief?

Joris van der Kreek, vergunningverlener

> Als de norm naar 43 decibel gaat, kost ons dat ongeveer één procent van de opbrengst.
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Archief 2021/Re Re Re Geluidsmetingen Lage Dijk.eml",
        style: Style::Html,
        date: "2021-08-30 11:26",
        id: "20210830.12@noorderwind.example",
        from: TJEERD,
        to: "Joris van der Kreek <j.vanderkreek@waterveen.example>; Noor Achterveld <n.achterveld@waterveen.example>",
        subject: "Re: Re: Re: Geluidsmetingen Lage Dijk",
        answers: &[
            "20210823.1@waterveen.example",
            "20210824.77@noorderwind.example",
            "20210825.4@waterveen.example",
        ],
        attachments: &["Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Slagschaduw berekening.xlsx"],
        body: "
Joris, Noor,

Hierbij bevestig ik dat Coöperatie Noorderwind instemt met een geluidsnorm van 43 decibel Lden. De brief volgt deze week. De
slagschaduw¬berekening doe ik er ook bij.

- Metingen: via de beveiligde omgeving, want ze bevatten adressen.
- Gebiedsfonds: voorstel volgt in oktober.

Tjeerd Molenwiek, Coöperatie Noorderwind U.A.
",
        ..PLAIN
    },
    Mail {
        path: "Directie Inkoop/2020 Mondkapjes/Contract mondkapjes ter ondertekening.eml",
        style: Style::Html,
        date: "2020-03-26 09:12",
        id: "20200326.9@waterveen.example",
        from: ILSE,
        to: "verkoop@blauwzand.example",
        cc: SANNE,
        subject: "Contract mondkapjes ter ondertekening (2020/1188)",
        attachments: &["@Inkoopovereenkomst mondkapjes.docx", "@Offerte Blauwzand 2020-031.pdf"],
        body: "
Geachte heer, mevrouw,

Bijgaand stuur ik u de inkoop¬overeenkomst voor 120.000 mondkapjes en 8.000 ademhalings¬maskers, met uw offerte. Wij betalen 30
procent vooruit, niet de gevraagde 50 procent. Wilt u de overeenkomst vandaag getekend terugsturen?

Ik ontvang ook graag de certificaten en de bankgarantie.

Met vriendelijke groet,

Ilse Vroonhoven, directie Inkoop
",
        ..PLAIN
    },
    Mail {
        path: "Directie Inkoop/2020 Mondkapjes/Aanbod Kiekendief.eml",
        style: Style::Windows,
        date: "2020-03-22 22:58",
        id: "aanbod-1@kiekendief.example",
        from: "Handelshuis Kiekendief <aanbod@kiekendief.example>",
        to: ILSE,
        subject: "Aanbod 200.000 mondkapjes, méér op aanvraag",
        body: "
Geachte mevrouw Vroonhoven,

Wij hebben 200.000 mondkapjes beschikbaar voor slechts € 0,71 per stuk. Wegens de grote vraag betaalt u het hele bedrag vooraf. De
certificaten sturen wij ná de betaling. Dit aanbod geldt tot morgenochtend één uur.
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Verzonden/FW Aanbod Kiekendief.eml",
        date: "2020-03-23 08:03",
        id: "20200323.2@waterveen.example",
        from: ILSE,
        to: RENEE,
        cc: SANNE,
        subject: "FW: Aanbod 200.000 mondkapjes, méér op aanvraag",
        forwards: "Directie Inkoop/2020 Mondkapjes/Aanbod Kiekendief.eml",
        body: "
Renée,

Zie het aanbod hieronder. Goedkoop, maar alles vooruitbetalen en geen certificaat. Ik wil dit afwijzen. Kun jij bevestigen dat het
niet binnen ons inkoopbeleid past?

Ilse
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Archief 2021/Klacht kinderopvangtoeslag doorverwezen.eml",
        date: "2021-06-14 14:36",
        id: "20210614.31@waterveen.example",
        from: SANNE,
        to: "Loket Samenleving <loket@waterveen.example>",
        subject: "Doorverwijzing ouder met vraag over kinderopvangtoeslag",
        body: "
Hallo collega's,

Vanmorgen belde een vader die zijn kinderopvangtoeslag over 2014 heeft moeten terugbetalen. Hij heeft zich bij het Rijk aangemeld,
maar weet niet dat de gemeente ook helpt. Willen jullie hem deze week terugbellen? Zijn gegevens staan in het zaaksysteem onder
Z-2021-000077; zet ze niet in de mail (AVG).

Dank, Sanne
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Archief 2022/Uitvraag Woo-verzoek mondkapjes.eml",
        style: Style::Html,
        date: "2022-06-20 10:00",
        id: "20220620.5@waterveen.example",
        from: RENEE,
        to: "Ilse Vroonhoven <i.vroonhoven@waterveen.example>; Sanne Wittebol <s.wittebol@waterveen.example>; \
             Zoë Brandsma <z.brandsma@waterveen.example>",
        subject: "Uitvraag Woo-verzoek mondkapjes (Z-2022-000456)",
        attachments: &["Directie Juridische Zaken/Woo-verzoeken/Z-2022-000456 Mondkapjes/Woo-verzoek mondkapjes.pdf"],
        body: "
Beste collega's,

Er is een Woo-verzoek binnengekomen over de inkoop van mondkapjes in 2020. Ik vraag jullie om vóór 1 juli 2022 op te geven:

- in welke mappen en postbussen documenten kunnen staan;
- of jullie zakelijke berichten op je telefoon hebben, ook privé;
- met welke zoektermen jullie zelf zoeken.

Ook als je niets hebt, wil ik dat graag horen: dat komt in het zoekverslag. Verwijder niets.

Renée Duinker, Woo-coördinator
",
        ..PLAIN
    },
    Mail {
        path: "Postbus/Archief 2022/Inspectie Hoeve Zonneveld.eml",
        style: Style::Windows,
        date: "2022-03-16 16:22",
        id: "20220316.8@waterveen.example",
        from: "Wouter Hazelaar <w.hazelaar@odveenland.example>",
        to: NOOR,
        cc: ZOE,
        subject: "Inspectie veehouderij Hoeve Zonneveld",
        attachments: &["Afdeling Milieu/Toezicht/Inspectierapporten/2022-03-14 Inspectierapport Hoeve Zonneveld.docx"],
        body: "
Dag Noor,

Bijgevoegd het inspectierapport. De luchtwasser stond uit en er zijn zestien koeien te veel. De veehouder reageerde rustig; hij zegt
dat een monteur vóór het weekend komt. Ik stel een last onder dwangsom voor. Kan het besluit deze week de deur uit?

Wouter
",
        ..PLAIN
    },
];
