//! Texts of the story of the purchase of face masks in 2020 and the request for its papers. Only words; every
//! organisation and person is invented.

use super::super::{Format, Text, text};

/// The texts.
pub const TEXTS: &[Text] = &[
    text(Format::Docx, "2020-03-24 20:15", "Ilse Vroonhoven",
        "Directie Inkoop/2020 Mondkapjes/Nota spoedinkoop mondkapjes.docx",
        "Nota spoedinkoop mondkapjes", "
Aan: crisisteam Waterveen. Van: Ilse Vroonhoven, directie Inkoop. Datum: 24 maart 2020. Kenmerk: 2020/1188.

# Waarover gaat het?

De thuiszorg, de huisartsenpost en de gemeentelijke opvang hebben nog voor vier dagen mondkapjes. De landelijke verdeling
gaat voor op ziekenhuizen. Het crisisteam heeft gevraagd of de gemeente zelf kan inkopen.

# Voorstel

Wij stellen voor om 120.000 chirurgische mondkapjes (type IIR) en 8.000 ademhalingsmaskers (FFP2) te kopen bij twee
leveranciers. Het gaat om een bedrag van 196.400 euro zonder btw. Wegens dwingende spoed kan de opdracht zonder aanbesteding
worden gegund; de onderbouwing staat in bijlage A.

# Risico's

- De kwaliteit: niet elke leverancier heeft een geldig CE-certificaat. Wij laten van elke levering een steekproef keuren.
- De prijs: per mondkapje betalen wij acht keer de prijs van vorig jaar.
- Vooruitbetaling: leverancier Blauwzand vraagt 50 procent vooraf. Wij adviseren hoogstens 30 procent.

# Besluit

Het crisisteam is op 24 maart 2020 om 21.30 uur akkoord gegaan, met een maximum van 200.000 euro.
"),
    text(Format::Xlsx, "2020-03-23 17:40", "Ilse Vroonhoven",
        "Directie Inkoop/2020 Mondkapjes/Vergelijking offertes.xlsx",
        "Vergelijking offertes mondkapjes", "
# Offertes
Leverancier;Product;Aantal;Prijs per stuk (euro);Levertijd (dagen);Certificaat;Vooruitbetaling
Blauwzand Medische Handel;mondkapje type IIR;120000;0.98;9;ja;50%
Handelshuis Kiekendief;mondkapje type IIR;200000;0.71;21;nee;100%
Zorgmagazijn Veenland;mondkapje type IIR;30000;1.15;2;ja;0%
Blauwzand Medische Handel;ademhalingsmasker FFP2;8000;9.85;9;ja;50%
# Beoordeling
Leverancier;Kwaliteit;Prijs;Zekerheid;Advies
Blauwzand Medische Handel;4;3;3;gunnen
Handelshuis Kiekendief;1;5;1;niet gunnen: certificaat onvindbaar
Zorgmagazijn Veenland;5;2;5;gunnen voor de eerste week
"),
    text(Format::Docx, "2020-03-26 09:00", "Directie Inkoop",
        "@Inkoopovereenkomst mondkapjes.docx",
        "Inkoopovereenkomst mondkapjes 2020/1188", "
De gemeente Waterveen en Blauwzand Medische Handel B.V. komen het volgende overeen.

# Artikel 1. Levering

De leverancier levert uiterlijk op 4 april 2020 120.000 mondkapjes type IIR en 8.000 ademhalingsmaskers FFP2 aan het
distributiepunt in de sporthal De Terp.

# Artikel 2. Keuring

De gemeente keurt een steekproef van één procent. Voldoet de steekproef niet aan de norm EN 14683, dan neemt de leverancier de
levering terug en betaalt hij de koopprijs terug.

# Artikel 3. Betaling

De gemeente betaalt 30 procent vooruit en de rest binnen veertien dagen na goedkeuring.

# Artikel 4. Openbaarheid

De leverancier weet dat de gemeente onder de wet openbaarheid van bestuur valt en dat deze overeenkomst openbaar kan worden.
"),
    text(Format::Pdf, "2020-03-25 14:20", "Blauwzand Medische Handel B.V.",
        "@Offerte Blauwzand 2020-031.pdf",
        "Offerte 2020-031 mondkapjes en ademhalingsmaskers", "
Aan: gemeente Waterveen, directie Inkoop, t.a.v. mevrouw Vroonhoven. Datum: 25 maart 2020.

Wij bieden u aan: 120.000 chirurgische mondkapjes type IIR voor 0,98 euro per stuk en 8.000 ademhalings¬maskers FFP2 voor 9,85
euro per stuk. De levertijd bedraagt negen dagen na ontvangst van de vooruit¬betaling. De conformiteits¬verklaringen zijn op
aanvraag beschikbaar.

Deze offerte is geldig tot en met 27 maart 2020. Door de snel veranderende markt kunnen wij de prijs daarna niet garanderen.
"),
    text(Format::Odt, "2020-03-30 11:00", "Secretariaat crisisteam",
        "Directie Inkoop/2020 Mondkapjes/Notulen crisisteam 30 maart 2020.odt",
        "Notulen crisisteam, 30 maart 2020", "
Aanwezig: de burgemeester (voorzitter), de gemeentesecretaris, Ilse Vroonhoven (Inkoop), Sanne Wittebol (Zorg), de GGD Veenland.

# 1. Situatie

De GGD meldt 61 besmettingen in de gemeente. Twee zorginstellingen hebben te weinig mondkapjes. De thuiszorg hergebruikt maskers.

# 2. Inkoop van beschermingsmiddelen

Mevrouw Vroonhoven vertelt dat de inkoopovereenkomst met Blauwzand is getekend. De eerste 30.000 mondkapjes van Zorgmagazijn
Veenland zijn geleverd en goedgekeurd. De gemeentesecretaris vraagt of de vooruitbetaling verantwoord is. Er is een
bankgarantie gevraagd, maar nog niet ontvangen.

# 3. Verdeling

Het crisisteam besluit dat de thuiszorg en de huisartsenpost voorrang krijgen, daarna de jeugdzorg en de opvang.

# 4. Actiepunten

- Bankgarantie opvragen (Inkoop, 31 maart 2020).
- Verdeelsleutel vastleggen in een besluit (Zorg, 2 april 2020).
- Raadsinformatiebrief opstellen (secretariaat).
"),
    text(Format::Raw, "2020-05-29 16:30", "Directie Inkoop",
        "Directie Inkoop/2020 Mondkapjes/Leveringen mondkapjes.csv",
        "Leveringen mondkapjes", "
Datum;Leverancier;Product;Aantal;Keuring;Bestemming
27-03-2020;Zorgmagazijn Veenland;mondkapje IIR;30000;goedgekeurd;thuiszorg
06-04-2020;Blauwzand;mondkapje IIR;60000;goedgekeurd;huisartsenpost, jeugdzorg
09-04-2020;Blauwzand;mondkapje IIR;60000;afgekeurd;retour leverancier
09-04-2020;Blauwzand;ademhalingsmasker FFP2;8000;goedgekeurd;verpleeghuis De Terp
28-05-2020;Blauwzand;mondkapje IIR (vervanging);60000;goedgekeurd;voorraad sporthal
"),
    text(Format::Html, "2020-04-10 10:25", "Keuringsdienst Veenland",
        "Directie Inkoop/2020 Mondkapjes/Keuringsrapport 2020-04-09.html",
        "Keuringsrapport mondkapjes levering 9 april 2020", "
Onderzoek in opdracht van de gemeente Waterveen, kenmerk KV-20-118.

# Monsters

Uit de levering van 60.000 mondkapjes zijn 600 mondkapjes onderzocht. De verpakking vermeldt type IIR. Het bijgeleverde
confor¬miteits¬certificaat hoort bij een ander product.

# Uitkomst

| Eigenschap | Eis | Gemeten
| Bacteriële filtratie-efficiëntie | 98% | 71%
| Ademhalingsweerstand | ten hoogste 60 Pa/cm² | 38 Pa/cm²
| Spatweerstand | 16 kPa | niet gehaald

De mondkapjes voldoen niet aan norm EN 14683. Wij keuren de levering af. De bescher¬mings¬middelen mogen niet in de zorg worden
gebruikt. Gebruik door bezoekers in de publieks¬ruimte is wel mogelijk.
"),
    text(Format::Pdf, "2020-12-15 12:00", "Rekenkamer Waterveen",
        "Directie Inkoop/2020 Mondkapjes/Evaluatie inkoop mondkapjes.pdf",
        "Evaluatie van de inkoop van mondkapjes in 2020", "
Onderzoek van de rekenkamer, 15 december 2020.

# 1. Vraag

Heeft de gemeente de mondkapjes in het voorjaar van 2020 recht¬matig en doel¬matig ingekocht? Wij hebben dossiers bestudeerd, acht
mensen gesproken en de betalingen nagerekend.

# 2. Bevindingen

De gemeente mocht wegens dwingende spoed afzien van een aanbesteding. De onder¬bouwing daarvan was kort, maar voldoende. De
vooruit¬betaling van 30 procent is gedaan voordat de bank¬garantie binnen was. Dat is in strijd met het eigen inkoop¬beleid.
De helft van de mondkapjes van leverancier Blauwzand werd afgekeurd. De leverancier heeft de partij kosteloos vervangen, zij het
zeven weken later. De totale uitgaven bleven met 193.150 euro binnen het krediet.

---
# 3. Dossiervorming

Een deel van de besluiten is alleen via de telefoon of in chat¬berichten genomen. Wij konden van drie besluiten geen verslag vinden.
Chat¬berichten op privé¬telefoons zijn niet gearchiveerd. Daardoor kan de gemeente bij een verzoek om openbaarheid niet alles laten
zien wat zij zou moeten bewaren.

# 4. Aanbevelingen

- Leg elk inkoopbesluit binnen twee werkdagen vast in het zaaksysteem.
- Betaal nooit vooruit zonder bank¬garantie.
- Bewaar chatberichten over besluiten, ook als zij op een privé¬telefoon staan.
- Keur elke levering voordat er wordt betaald.
"),
    text(Format::Txt, "2020-04-02 23:59", "Ilse Vroonhoven",
        "Directie Inkoop/2020 Mondkapjes/Chatexport inkoopgroep 2020-04.txt",
        "Chatexport groep Inkoop crisis", "
> [01-04-2020 08:12] Ilse Vroonhoven: Vrachtwagen Blauwzand staat vast bij de grens.
> [01-04-2020 08:14] Sanne Wittebol: Tot wanneer redden we het nog? Thuiszorg belt elk uur.
> [01-04-2020 08:15] Ilse Vroonhoven: Voorraad is 6.400 stuks. Met rantsoen tot vrijdag.
> [01-04-2020 08:31] Sanne Wittebol: Kunnen we lenen van het verpleeghuis?
> [01-04-2020 09:02] Ilse Vroonhoven: 2.000 stuks geregeld, terug te geven na de levering.
> [02-04-2020 22:40] Ilse Vroonhoven: Bankgarantie nog steeds niet binnen 😟 morgen bellen.
> [02-04-2020 22:41] Sanne Wittebol: Leg je dat nog vast in het dossier? 2020/1188
"),
    text(Format::Scan, "2020-04-11 09:30", "Blauwzand Medische Handel B.V.",
        "Directie Inkoop/2020 Mondkapjes/Factuur Blauwzand 2020-0447.pdf",
        "Factuur 2020-0447", "
Blauwzand Medische Handel B.V. Aan: gemeente Waterveen. Datum: 10 april 2020.

Mondkapjes type IIR, 120.000 stuks, 0,98 euro

Maskers FFP2, 8.000 stuks, 9,85 euro

Totaal 196.400,00 euro. Vooruitbetaald 58.920,00 euro.
"),
    text(Format::Pdf, "2022-06-14 10:05", "Redactie Veenlands Dagblad",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2022-000456 Mondkapjes/Woo-verzoek mondkapjes.pdf",
        "Woo-verzoek inkoop mondkapjes", "
Aan het college van burgemeester en wethouders van Waterveen. Datum: 14 juni 2022.

Geacht college,

Op grond van de Wet open overheid (Woo) verzoek ik u alle documenten openbaar te maken over de inkoop van mondkapjes en andere
beschermings¬middelen in de periode van 1 maart 2020 tot en met 31 december 2020. Het gaat mij om nota's, e-mails, chat¬berichten,
offertes, overeenkomsten, keurings¬rapporten en betalingen. Ik vraag u ook te zoeken in privé¬telefoons van bestuurders, voor zover
daarmee zakelijk is gecommuniceerd.

Ik ontvang de documenten graag digitaal en doorzoekbaar. Graag hoor ik in welke systemen u hebt gezocht en met welke zoektermen.
"),
    text(Format::Xlsx, "2022-08-30 15:45", "Renée Duinker",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2022-000456 Mondkapjes/Inventarislijst mondkapjes.xlsx",
        "Inventarislijst Z-2022-000456", "
# Inventarislijst
Nr;Datum;Document;Beoordeling;Grond
1;24-03-2020;Nota spoedinkoop mondkapjes;openbaar;
2;23-03-2020;Vergelijking offertes;deels openbaar;5.1.1c
3;25-03-2020;Offerte Blauwzand 2020-031;deels openbaar;5.1.1c
4;26-03-2020;Inkoopovereenkomst mondkapjes;deels openbaar;5.1.2e
5;30-03-2020;Notulen crisisteam;deels openbaar;5.1.2e
6;02-04-2020;Chatexport inkoopgroep;deels openbaar;5.1.2e
7;10-04-2020;Keuringsrapport;openbaar;
8;15-12-2020;Evaluatie inkoop mondkapjes;reeds openbaar;
"),
    text(Format::Odt, "2022-09-06 13:15", "Renée Duinker",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2022-000456 Mondkapjes/Besluit op Woo-verzoek mondkapjes.odt",
        "Besluit op uw Woo-verzoek over mondkapjes", "
Datum: 6 september 2022. Zaaknummer: Z-2022-000456.

Op 14 juni 2022 vroeg u om documenten over de inkoop van mondkapjes in 2020. In deze brief leest u ons besluit.

# Besluit

Wij maken acht documenten openbaar, waarvan vijf gedeeltelijk. De termijn is met twee weken verlengd.

# Hoe wij hebben gezocht

Wij zochten in de netwerkschijf van de directie Inkoop, in het zaaksysteem en in de postbussen van vier medewerkers. De
zoektermen waren: mondkapje, mondmasker, ademhalingsmasker, FFP2, beschermingsmiddel, Blauwzand en 2020/1188, met hun meervouden
en samenstellingen. Aan zes personen is gevraagd of zij zakelijke berichten op hun telefoon hadden.

# Uitzonderingen

Persoonsgegevens hebben wij onleesbaar gemaakt om de persoonlijke levenssfeer te beschermen (artikel 5.1, tweede lid, onder e, van
de Woo). Vertrouwelijk verstrekte bedrijfsgegevens maken wij niet openbaar (artikel 5.1, eerste lid, onder c).

# Bezwaar

Bent u het niet eens met dit besluit? Dan kunt u binnen zes weken bezwaar maken.
"),
];
