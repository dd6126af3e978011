//! What the demo archive says: the texts by story line, the mails and the archives. Only tables, no writing.

mod gedeeld;
mod gemeentehuis;
mod mails;
mod mondkapjes;
mod stikstof;
mod toeslagen;
mod windpark;

pub use mails::MAILS;

use super::{Archive, Text};

/// Every text, in a fixed order.
pub fn texts() -> impl Iterator<Item = &'static Text> {
    [
        windpark::TEXTS,
        mondkapjes::TEXTS,
        stikstof::TEXTS,
        gemeentehuis::TEXTS,
        toeslagen::TEXTS,
        gedeeld::TEXTS,
    ]
    .into_iter()
    .flatten()
}

/// Every ZIP file.
pub const ARCHIVES: &[Archive] = &[
    Archive {
        path: "Directie Bedrijfsvoering/Renovatie gemeentehuis/Bouwverslagen 2019-2020.zip",
        date: "2021-01-08 12:00",
        password: None,
        members: &[
            "@Bouwverslagen/Bouwvergadering 03.odt",
            "@Bouwverslagen/Bouwvergadering 11.odt",
            "@Bouwverslagen/Bouwvergadering 19.docx",
        ],
    },
    Archive {
        path: "Export DMS/Export zaaksysteem 2023-02.zip",
        date: "2023-02-28 23:00",
        password: None,
        members: &[
            "@zaken/Z-2021-000123.zip",
            "@zaken/Z-2019-000874 Gevelvergunning.pdf",
            "@index.csv",
        ],
    },
    Archive {
        path: "@zaken/Z-2021-000123.zip",
        date: "2023-02-28 22:50",
        password: None,
        members: &[
            "@stukken/Memo keuze locatie windpark.docx",
            "@stukken/Kostenoverzicht Woo-verzoek.xlsx",
            "Postbus/Archief 2021/Re Re Geluidsmetingen Lage Dijk.eml",
        ],
    },
    Archive {
        path: "Directie Juridische Zaken/Adviezen/Vertrouwelijke bijlagen.zip",
        date: "2022-04-11 09:30",
        password: Some("waterveen"),
        members: &[
            "@Vertrouwelijk/Advies bezwaarschrift SUB-2022-019.docx",
            "@Vertrouwelijk/Namen gehoorde ouders.txt",
        ],
    },
    Archive {
        path: "Postbus/Export postvak geluid.mbox",
        date: "2021-12-31 17:00",
        password: None,
        members: &[
            "Postbus/Archief 2021/Geluidsmetingen Lage Dijk.eml",
            "Postbus/Archief 2021/Re Geluidsmetingen Lage Dijk.eml",
            "Postbus/Archief 2021/Re Re Geluidsmetingen Lage Dijk.eml",
        ],
    },
];
