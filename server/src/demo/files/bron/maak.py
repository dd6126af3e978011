"""Maakt de bestanden van deze map; zie README.md. Gebruik: python3 bron/maak.py (in de map erboven)."""

import email.message
import io
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import textwrap
import zipfile
import zlib

from PIL import Image, ImageDraw, ImageFont

OUD, BAD = "Overgenomen van Riedhaven", "Projecten/Zwembad De Otter"
CHAT = "Directie Juridische Zaken/Woo-verzoeken/Z-2024-000512 Zwembad/Veiliggestelde chats"
MEDIA, BEHEER = "Communicatie/Sociale media", "Systeembeheer/Overdracht Riedhaven"
WERK = tempfile.mkdtemp()
HIER = os.getcwd()


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)


def made(name, text):
    """Een bestand in de werkmap, met een vaste tijd."""
    path = os.path.join(WERK, name)
    put(path, text)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def run(*command, cwd=None, data=None):
    done = subprocess.run(command, cwd=cwd or HIER, input=data, stdout=subprocess.PIPE, check=True)
    return done.stdout


def packed(members, mimetype=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if mimetype:
            file.writestr(zipfile.ZipInfo("mimetype", (2024, 2, 1, 9, 0, 0)), mimetype)
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2024, 2, 1, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, data)
    return out.getvalue()


# --- tekst ---

def texts():
    put(f"{OUD}/LEESMIJ overname.txt", textwrap.dedent("""\
        Overgenomen van de gemeente Riedhaven

        Riedhaven is op 1 januari 2011 bij Waterveen gekomen. Deze map is de schijf van het raadhuis aan de Havenstraat, met de
        diskettes en cd-roms die in de kluis lagen. Er is niets aan veranderd: ook bestanden van programma's die niemand meer
        heeft, staan er zoals ze waren.
        """))
    put(f"{OUD}/Zwembad 1998/DISK3.UUE", uuencoded("BADRAPP.TXT",
        "Badrapport seizoen 1998, zwembad De Otter\n\nHet water is dertig keer bemonsterd. In week 27 was het chloorgehalte "
        "te laag en is het\nkinderbad twee dagen dicht geweest.\n"))
    put(f"{BAD}/Interview badmeester.srt", "1\n00:00:01,000 --> 00:00:05,500\nIk werk hier sinds 1981, toen het zwembad nog "
        "geen dak had.\n\n2\n00:00:06,000 --> 00:00:11,000\n<i>Wietske Nauta, badmeester:</i> de oude filters zingen als het "
        "vriest.\n")
    put(f"{BAD}/Tarieven 2024.tsv", "Soort\tPrijs\tToelichting\nLos bad\t5,20\tDe Otter, vanaf 4 jaar\nTienbadenkaart\t44,00\t"
        "twee jaar geldig\nSeniorenuur\t3,75\tdinsdag en donderdag\n")
    put(f"{BAD}/Ontwerp/Gevel noordzijde.svg", '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
        'width="640" height="240"><title>Gevel noordzijde zwembad De Otter</title><rect x="20" y="40" width="600" height="160" '
        'fill="none" stroke="black"/><text x="40" y="80">Houten latten, verduurzaamd</text><text x="40" y="110">Zonnepanelen op '
        'het schuine dak</text></svg>\n')
    put(f"{CHAT}/signal Wethouder en projectleider/chat.md", "[2024-01-18, 19:02] Hanna Oudshoorn: Kan de opening van het zwembad "
        "nog voor de zomer?  \n[2024-01-18, 19:04] Jorrit Brandsma: \n\n> Kan de opening van het zwembad nog voor de zomer?\n\nNiet "
        "zonder de filterinstallatie. De leverancier zit op week 31.  \n[2024-01-19, 08:11] Hanna Oudshoorn: Dan noemen we in de "
        "brief geen datum.  \n")
    put(f"{CHAT}/sms telefoon Jorrit Brandsma.xml", "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"2\" "
        "backup_date=\"1706700000000\">\n<sms protocol=\"0\" address=\"+31655501040\" date=\"1706518800000\" type=\"1\" subject=\"null\" "
        "body=\"De stoomketel van De Otter is vannacht uitgevallen, bad blijft dicht\" contact_name=\"Wietske Nauta\" />\n<sms "
        "protocol=\"0\" address=\"+31655501040\" date=\"1706519100000\" type=\"2\" subject=\"null\" body=\"Ik bel de installateur\" "
        "contact_name=\"Wietske Nauta\" />\n</smses>\n")
    put(f"{MEDIA}/LinkedIn/messages.csv", "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,"
        "SUBJECT,CONTENT,FOLDER\n1,,Rens Kuipers,https://linkedin.com/in/rens,Gemeente Waterveen,https://linkedin.com/in/waterveen,"
        "2024-02-06 10:12:00 UTC,,\"Onze firma levert vlotters en startblokken, ook voor wedstrijdbaden.\",INBOX\n")


def uuencoded(name, text):
    path = made(name, text)
    return run("uuencode", path, name)


def chats():
    dump = lambda data: json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    put(f"{CHAT}/telegram result.json", dump({"name": "Zwemploeg De Otter", "type": "private_group", "id": 71, "messages": [
        {"id": 1, "type": "message", "date": "2024-02-03T20:15:00", "date_unixtime": "1706987700", "from": "Wietske Nauta",
         "from_id": "user4", "text": "Wie ruimt morgen de lijnen op?", "text_entities": [{"type": "plain", "text": "Wie ruimt morgen de lijnen op?"}]},
        {"id": 2, "type": "message", "date": "2024-02-03T20:31:00", "date_unixtime": "1706988660", "from": "Tjeerd Bos",
         "from_id": "user9", "text": "Ik, na het waterpolo.", "text_entities": [{"type": "plain", "text": "Ik, na het waterpolo."}]}]}))
    put(f"{CHAT}/slack projectteam/2024-02-05.json", dump([
        {"client_msg_id": "a1", "type": "message", "text": "De tegels voor het instructiebad zijn afgekeurd &amp; gaan terug.", "user": "U1",
         "ts": "1707123600.000200", "user_profile": {"real_name": "Jorrit Brandsma", "display_name": ""}},
        {"client_msg_id": "a2", "type": "message", "text": "Kost dat ons een week?", "user": "U2", "ts": "1707123720.000100",
         "user_profile": {"real_name": "Hanna Oudshoorn", "display_name": ""}}]))
    put(f"{CHAT}/teams messages.json", dump({"userId": "8:hanna", "conversations": [{"id": "19:otter", "displayName": "Stuurgroep zwembad",
        "MessageList": [{"id": "1", "displayName": "Hanna Oudshoorn", "originalarrivaltime": "2024-02-07T09:30:00.000Z", "messagetype":
        "RichText/Html", "content": "<p>De stuurgroep kiest voor de <b>goedkope</b> waterglijbaan.</p>", "from": "8:hanna"}]}]}))
    old = lambda text: text.encode().decode("latin-1")
    put(f"{MEDIA}/Facebook/posts_1.json", json.dumps([{"timestamp": 1706868000, "data": [{"post": old(
        "Gisteren kwamen 140 buurtbewoners naar de inloop over zwembad De Otter. Dank voor alle ideeën!")}], "title":
        "Gemeente Waterveen heeft een bericht geplaatst."}], indent=1))
    put(f"{MEDIA}/Instagram/posts_1.json", json.dumps([{"media": [{"uri": "media/posts/202402/otter.jpg", "creation_timestamp":
        1706954400, "title": old("Het nieuwe springkussen is een succes #deotter"), "cross_post_source": {"source_app": "FB"}}]}], indent=1))
    put(f"{MEDIA}/X/tweets.js", "window.YTD.tweets.part0 = " + dump([{"tweet": {"created_at": "Sun Feb 04 11:00:00 +0000 2024",
        "full_text": "Zwembad De Otter is vandaag dicht door een defecte warmtewisselaar. https://t.co/otter", "id_str": "17",
        "entities": {"urls": [{"url": "https://t.co/otter", "expanded_url": "https://waterveen.example/zwembad"}], "hashtags": []},
        "lang": "nl"}}]))


# --- oude tekstverwerkers en tabellen ---

def wordperfect():
    def file(major, text):
        return b"\xffWPC\x10\0\0\0\x01\x0a" + bytes([major, 1, 0, 0, 0, 0]) + text
    note = ["Nota aan de raad van Riedhaven", "Onderwerp: veerpont over de Ried", "",
            "De pont vervoerde in 1993 nog 41.000 fietsers. De kabel is versleten en moet voor",
            "het vaarseizoen vervangen worden. Het tekort komt ten laste van de post havens."]
    put(f"{OUD}/WP51/PONT94.WP5", file(0, b"\x0a".join(line.encode("ascii") for line in note) + b"\x0a"))
    letter = ["Aan de zwemvereniging De Otter", "", "Het college neemt het dak van het buitenbad in de begroting van 2000 op.",
              "De kleedkamers worden geschilderd door vrijwilligers."]
    lines = [line.encode("ascii").replace(b" ", b"\x80") for line in letter]
    put(f"{OUD}/WP8/Brief zwemvereniging.wpd", file(2, b"\xcc".join(lines) + b"\xcc"))


def lotus():
    record = lambda kind, body: struct.pack("<HH", kind, len(body)) + body
    label = lambda row, text: record(15, struct.pack("<BHH", 0xff, 0, row) + b"'" + text + b"\0")
    rows = [b"Begroting 1998", b"Zwembad De Otter", b"Veerpont"]
    cells = b"".join(label(row, text) for row, text in enumerate(rows))
    put(f"{OUD}/Lotus/BEGR98.WK1", record(0, b"\x06\x04") + record(6, struct.pack("<HHHH", 0, 0, 0, 2)) + cells + record(1, b""))


def database():
    fields = [("NAAM", "C", 24), ("SOORT", "C", 20), ("SINDS", "D", 8)]
    rows = [("Zeilvereniging De Fuut", "jachthaven", "19880401"), ("Gebroeders Haan", "vrachtschip", "19790615"),
            ("Nauta, W.", "woonark Zuideinde", "19920930")]
    width = 1 + sum(size for _, _, size in fields)
    head = struct.pack("<BBBBIHH", 3, 99, 3, 1, len(rows), 32 + 32 * len(fields) + 1, width).ljust(32, b"\0")
    for name, kind, size in fields:
        head += (name.encode().ljust(11, b"\0") + kind.encode() + b"\0\0\0\0" + bytes([size])).ljust(32, b"\0")
    body = b"".join(b" " + b"".join(v.encode("cp850").ljust(s) for v, (_, _, s) in zip(row, fields)) for row in rows)
    put(f"{OUD}/dBase/LIGPLTS.DBF", head + b"\r" + body + b"\x1a")
    path = os.path.join(WERK, "inventaris.db")
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size = 512")
    db.execute("CREATE TABLE bestand (pad TEXT, bytes INTEGER)")
    db.execute("INSERT INTO bestand VALUES ('WP51/PONT94.WP5', 312)")
    db.commit()
    db.close()
    shutil.copy(path, os.path.join(BEHEER, "inventaris.sqlite"))


# --- OpenDocument, Visio, iWork, OneNote ---

NS = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in [
    ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("chart", "chart"), ("meta", "meta"),
    ("presentation", "presentation")]) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def opendocument():
    def flat(kind, title, body):
        return (f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {NS} office:version="1.2" office:mimetype="application/'
                f'vnd.oasis.opendocument.{kind}"><office:meta><dc:title>{title}</dc:title><dc:creator>Jorrit Brandsma</dc:creator>'
                f'</office:meta><office:body>{body}</office:body></office:document>\n')
    put(f"{BAD}/Concept brief omwonenden.fodt", flat("text", "Concept brief omwonenden", "<office:text><text:p>Beste buren,</text:p>"
        "<text:p>In maart begint de sloop van de oude badzaal. U kunt op werkdagen trillingen voelen.</text:p></office:text>"))
    put(f"{BAD}/Raming badzaal.fods", flat("spreadsheet", "Raming badzaal", '<office:spreadsheet><table:table table:name="Raming">'
        "<table:table-row><table:table-cell><text:p>Filterinstallatie</text:p></table:table-cell><table:table-cell><text:p>184.000"
        "</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Beweegbare bodem</text:p>"
        "</table:table-cell><table:table-cell><text:p>96.500</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet>"))
    put(f"{BAD}/Inloopavond zwembad.fodp", flat("presentation", "Inloopavond zwembad", '<office:presentation><draw:page draw:name='
        '"een"><draw:frame><draw:text-box><text:p>Een nieuw zwembad voor Riedhaven en Waterveen</text:p></draw:text-box></draw:frame>'
        "</draw:page></office:presentation>"))

    def package(kind, body):
        kind = "application/vnd.oasis.opendocument." + kind
        content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NS}><office:body>{body}</office:body></office:document-content>'
        manifest = ('<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>')
        return packed({"content.xml": content, "META-INF/manifest.xml": manifest}, kind)
    put(f"{BAD}/Ontwerp/Schets entreehal.odg", package("graphics", '<office:drawing><draw:page draw:name="Hal"><draw:frame>'
        "<draw:text-box><text:p>Kassa en kluisjes links van de draaideur</text:p></draw:text-box></draw:frame></draw:page>"
        "</office:drawing>"))
    put(f"{BAD}/Bezoekers per jaar.odc", package("chart", '<office:chart><chart:chart chart:class="chart:bar"><chart:title><text:p>'
        "Bezoekers van zwembad De Otter per jaar</text:p></chart:title></chart:chart></office:chart>"))


def visio():
    related = ('<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
               '<Relationship Id="r1" Type="http://schemas.microsoft.com/visio/2010/relationships/{}" Target="{}"/></Relationships>')
    put(f"{BAD}/Ontwerp/Looproute bezoekers.vsdx", packed({
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/visio/document.xml" ContentType="application/vnd.ms-visio.drawing.main+xml"/></Types>',
        "_rels/.rels": related.format("document", "visio/document.xml"),
        "visio/document.xml": '<VisioDocument xmlns="http://schemas.microsoft.com/office/visio/2012/main"/>',
        "visio/pages/pages.xml": '<Pages><Page Name="Looproute"><Rel r:id="r1"/></Page></Pages>',
        "visio/pages/_rels/pages.xml.rels": related.format("page", "page1.xml"),
        "visio/pages/page1.xml": "<PageContents><Shapes><Shape><Text>Droge voeten</Text></Shape><Shape><Text>Douches verplicht voor "
        "de badzaal</Text></Shape></Shapes></PageContents>"}))


def iwork():
    varint = lambda n: bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])
    field = lambda number, data: varint(number << 3 | 2) + varint(len(data)) + data
    text = field(3, "Projectplan zwembad De Otter\nHet buitenbad krijgt in 2025 een schuifdak van glas.".encode())
    info = b"\x08\xd1\x0f\x18" + varint(len(text))
    head = b"\x08\x01" + field(2, info)
    content = varint(len(head)) + head + text
    # Een blok van Snappy dat niets inpakt: de lengte, en alles letterlijk.
    block = varint(len(content)) + b"\xf0" + bytes([len(content) - 1]) + content
    put(f"{BAD}/Projectplan.pages", packed({"Index/Document.iwa": b"\0" + struct.pack("<I", len(block))[:3] + block}))


def onenote():
    data = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3".ljust(1024, b"\0")
    for text in ["Aantekeningen overleg zwembad", "Jorrit vraagt na of de zoutelektrolyse onder de garantie valt."]:
        wide = (text + "\0").encode("utf-16-le")
        data += struct.pack("<II", 0x1c001c22, len(wide)) + wide
    put(f"{BAD}/Aantekeningen overleg.one", data)


# --- post ---

def mail():
    wide = lambda text: (text + "\0").encode("utf-16-le")
    data = struct.pack("<IH", 0x223e9f78, 1)

    def attribute(level, kind, body):
        return struct.pack("<BII", level, kind, len(body)) + body + struct.pack("<H", sum(body) & 0xffff)
    sender = wide("wietske.nauta@riedhaven.example")
    properties = struct.pack("<IHHII", 1, 0x1f, 0x5d02, 1, len(sender)) + sender + b"\0" * (-len(sender) % 4)
    data += attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    data += attribute(1, 0x00018004, b"Sleutels badhuis\0")
    data += attribute(1, 0x0002800c, b"De reservesleutels van het badhuis liggen bij de havenmeester.\0")
    data += attribute(1, 0x00069003, properties)
    data += attribute(2, 0x00069002, struct.pack("<HIIHH", 1, 0xffffffff, 0, 0, 0))
    data += attribute(2, 0x00018010, b"SLEUTELS.TXT\0")
    data += attribute(2, 0x0006800f, b"Kast 4, haak 11: machinekamer van de pont.\r\n")
    message = email.message.EmailMessage()
    message["From"], message["To"] = "Wietske Nauta <wietske.nauta@riedhaven.example>", "Secretarie <secretarie@riedhaven.example>"
    message["Subject"], message["Date"] = "Sleutels badhuis", "Thu, 09 Sep 2010 11:20:00 +0200"
    message["Message-ID"], message["X-Mailer"] = "<sleutels-1@riedhaven.example>", "Microsoft Outlook, Build 10.0.2627"
    message.set_content("Zie de bijlage.")
    message.add_attachment(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    message.set_boundary("riedhaven")
    put(f"{OUD}/Post/Sleutels badhuis.eml", bytes(message))
    key, certificate = os.path.join(WERK, "key"), os.path.join(WERK, "cert")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
        "-days", "3650", "-subj", "/CN=Wethouder Waterveen")
    words = b"Content-Type: text/plain; charset=utf-8\r\n\r\nIk ga akkoord met de meerkosten van de waterzuivering van De Otter.\r\n"
    for name, command in [("Akkoord wethouder.p7m", ["-sign", "-nodetach", "-binary", "-signer", certificate, "-inkey", key]),
                          ("Klacht over medewerker.p7m", ["-encrypt", "-aes256", "-binary", "-recip", certificate])]:
        put(f"{BAD}/{name}", run("openssl", "cms", "-outform", "DER", *command, data=words))


# --- archieven ---

def archives():
    minutes = lambda year: (f"Notulen van de raad van Riedhaven, {year}\n\nDe heer Terpstra vraagt waarom de sluiswachter ook in {year} "
                            "geen woning krijgt.\nDe voorzitter zegt een notitie toe.\n").replace("\n", "\r\n")
    report = lambda number, what: f"Bouwvergadering {number}, zwembad De Otter\n\n{what}\nVolgende vergadering over twee weken.\n"
    made("disk1/HAVENGLD.TXT", "Havengelden 1995\r\n\r\nDe havengelden gaan met drie procent omhoog. Woonarken betalen per strekkende meter.\r\n")
    made("disk2/VUURWERK.TXT", "Draaiboek vuurwerk 1997\r\n\r\nHet vuurwerk wordt vanaf de pont afgestoken. De brandweer ligt met de blusboot klaar.\r\n")
    at = lambda *parts: os.path.join(HIER, *parts)
    for path in [f"{OUD}/Diskettes/x", f"{OUD}/Cd-roms/x", f"{OUD}/Reservekopie/x", f"{BEHEER}/x"]:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    fresh(f"{OUD}/Diskettes/DISK01.ARJ"), fresh(f"{OUD}/Diskettes/DISK02.LZH")
    run("arj", "a", "-m1", at(f"{OUD}/Diskettes/DISK01.ARJ"), "HAVENGLD.TXT", cwd=f"{WERK}/disk1")
    run("jlha", "a", at(f"{OUD}/Diskettes/DISK02.LZH"), "VUURWERK.TXT", cwd=f"{WERK}/disk2")
    for year in (1997, 1998):
        made(f"cd/RAAD{year}.TXT", minutes(year))
    run("genisoimage", "-quiet", "-J", "-V", "NOTULEN", "-o", f"{WERK}/cd.iso", "cd", cwd=WERK)
    gz(f"{WERK}/cd.iso", f"{OUD}/Cd-roms/Notulen raad 1997-1998.iso.gz")
    made("cab/DIENSTREGELING.TXT", "Dienstregeling veer 2003: op zondag vaart de pont elk half uur, bij mist niet.\r\n")
    run("gcab", "-c", "-z", at(f"{OUD}/Reservekopie/VEER2003.CAB"), "DIENSTREGELING.TXT", cwd=f"{WERK}/cab")
    made("tar/secretarie/afscheid.txt", "Toespraak bij het afscheid van havenmeester Sjoerd Haan: 'Niemand kende de stroming zoals jij.'\n")
    run("tar", "--owner=0", "--group=0", "--mtime=2006-02-03", "-cf", at(f"{OUD}/Reservekopie/secretarie.tar"), "secretarie", cwd=f"{WERK}/tar")
    made("rar/Bouwvergadering 3.txt", report(3, "De heipalen onder het duikbad zijn te kort. De aannemer levert nieuwe."))
    made("rar/Bouwvergadering 4.txt", report(4, "Het lekkende dilatatievoegband wordt vervangen."))
    for version, number in (("5", 3), ("4", 4)):
        path = f"{BAD}/Bouwvergadering {number}{'' if version == '5' else ' (oude RAR)'}.rar"
        fresh(path)
        run(os.environ["RAR_MAKER"], at(path), version, f"{WERK}/rar/Bouwvergadering {number}.txt")
    made("7z/Inschrijving Bouwgroep Ried.txt", "Inschrijving Bouwgroep Ried: 3.140.000 euro, inclusief tijdelijke opvang van de zwemclub.\n")
    for path, more in [(f"{BAD}/Inschrijvingen.7z", []), (f"{BAD}/Inschrijvingen (gesloten).7z", ["-pgeheim", "-mhe=on"])]:
        fresh(path)
        run("7z", "a", "-bd", *more, at(path), "Inschrijving Bouwgroep Ried.txt", cwd=f"{WERK}/7z")
    steps = {"gz": ["gzip", "-9nc"], "bz2": ["bzip2", "-9c"], "xz": ["xz", "-9c"], "zst": ["zstd", "-19", "-qc"],
             "lzma": ["xz", "--format=lzma", "-9c"], "Z": ["compress", "-cf"]}
    what = {"gz": "schijf F met de bouwtekeningen", "bz2": "schijf G met de postregistratie", "xz": "schijf H met de loonadministratie",
            "zst": "de cd-roms uit de kluis", "lzma": "de diskettes van de havenmeester", "Z": "de oude Unix-server"}
    for number, (ending, command) in enumerate(steps.items(), 1):
        lines = "".join(f"2010-12-{10 + number:02} 21:{n:02} gekopieerd map {n:03}: geen fouten\n" for n in range(40))
        path = made(f"kopieerlog {number}.txt", f"Kopieerlog {number}: {what[ending]}\n{lines}")
        put(f"{BEHEER}/kopieerlog {number}.txt.{ending}", run(*command, path))


def fresh(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        os.remove(path)


def gz(source, path):
    with open(source, "rb") as file:
        put(path, run("gzip", "-9nc", data=file.read()))


# --- beeld en geluid ---

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def sheet(lines, size=(620, 200), font=26):
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        draw.text((24, 24 + at * (font + 18)), line, fill=0, font=ImageFont.truetype(FONT, font))
    return image


def pictures():
    photos = f"{BAD}/Foto's"
    os.makedirs(photos, exist_ok=True)
    os.makedirs(f"{OUD}/Scans", exist_ok=True)
    os.makedirs(f"{OUD}/Website", exist_ok=True)
    board = sheet(["Zwembad De Otter", "Glijbaan buiten gebruik", "wegens onderhoud"])
    exif = Image.Exif()
    exif[0x010e], exif[0x013b], exif[0x0132] = "Bord bij de ingang van zwembad De Otter", "Hanna Oudshoorn", "2024:01:24 10:05:00"
    board.save(f"{photos}/IMG_0411 bord.jpg", quality=45, exif=exif)
    board.convert("1").save(f"{WERK}/board.png")
    fax = [sheet(["FAX Aannemer Kolk, 14 mei 1999", "Offerte dakbedekking zwembad"]).convert("1"),
           sheet(["Blad 2", "Totaal 61.350 gulden exclusief btw"]).convert("1")]
    fax[0].save(f"{OUD}/Scans/Fax aannemer dak.tif", save_all=True, append_images=fax[1:], compression="group4", resolution=150)
    sheet(["Vaartijden veerpont", "Laatste afvaart kwart over tien"]).convert("P", palette=Image.ADAPTIVE, colors=2).save(f"{OUD}/Website/vaartijden.gif")
    sheet(["Plattegrond camping Het Riet", "Wasplaats naast de receptie"]).convert("1").save(f"{OUD}/Website/camping.bmp")
    sheet(["Menukaart badcafe", "Tosti met kaas twee euro"]).save(f"{WERK}/menu.png")
    run("cwebp", "-quiet", "-q", "40", f"{WERK}/menu.png", "-o", f"{photos}/IMG_0415 menukaart.webp")
    sheet(["Waarschuwing", "Duiken alleen in het diepe bad"]).save(f"{WERK}/dive.png")
    run("opj_compress", "-i", f"{WERK}/dive.png", "-o", f"{photos}/IMG_0416 waarschuwing.jp2", "-r", "12")
    small = board.resize((310, 100))
    small.convert("RGB").save(f"{WERK}/small.png")
    small.convert("RGB").save(f"{WERK}/small.bmp")
    small.convert("1").save(f"{WERK}/small.pbm")
    run("heif-enc", "-q", "25", "-o", f"{photos}/IMG_0412 badzaal.heic", f"{WERK}/small.png")
    run("avifenc", "--min", "40", "--max", "63", f"{WERK}/small.png", f"{photos}/Drone dak.avif")
    run("cjxl", "--quiet", f"{WERK}/small.png", f"{photos}/Tegelwerk.jxl", "-q", "40")
    run("JxrEncApp", "-i", f"{WERK}/small.bmp", "-o", f"{photos}/Kleedkamers.jxr", "-q", "0.2")
    run("cjb2", f"{WERK}/small.pbm", f"{OUD}/Scans/Affiche opening 1974.djvu")
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 100, 310, 8, 1)
    rows = b"".join(packbits(small.tobytes()[row * 310:(row + 1) * 310]) for row in range(100))
    sizes = b"".join(struct.pack(">H", len(packbits(small.tobytes()[row * 310:(row + 1) * 310]))) for row in range(100))
    put(f"{BAD}/Ontwerp/Logo De Otter.psd", head + struct.pack(">III", 0, 0, 0) + struct.pack(">H", 1) + sizes + rows)


def packbits(row):
    out, at = b"", 0
    while at < len(row):
        end = at
        while end + 1 < len(row) and row[end + 1] == row[at] and end - at < 127:
            end += 1
        out += struct.pack("bB", at - end, row[at])
        at = end + 1
    return out


def sound():
    path = f"{WERK}/a.mp3"
    run("sox", "-n", "-r", "8000", "-C", "8", path, "synth", "2", "sine", "220", "fade", "0", "2", "1")
    frame = lambda name, text: name + struct.pack(">IH", len(text), 0) + text
    tags = (frame(b"TIT2", b"\0Interview met de badmeester van De Otter") + frame(b"TPE1", b"\0Hanna Oudshoorn")
            + frame(b"COMM", b"\0nld\0Opgenomen in de machinekamer"))
    with open(path, "rb") as file:
        put(f"{BAD}/Interview badmeester.mp3", b"ID3\x03\0\0\0\0" + bytes([len(tags) >> 7, len(tags) & 127]) + tags + file.read())
    run("sox", "-n", "-r", "8000", "-b", "8", f"{BAD}/Geluidsmeting badzaal.wav", "synth", "0.3", "whitenoise")
    box = lambda kind, body: struct.pack(">I", 8 + len(body)) + kind + body
    named = lambda kind, text: box(kind, box(b"data", struct.pack(">II", 1, 0) + text.encode()))
    handler = box(b"hdlr", b"\0" * 8 + b"mdirappl" + b"\0" * 9)
    meta = box(b"meta", b"\0" * 4 + handler + box(b"ilst", named(b"\xa9nam", "Rondleiding door de machinekamer") + named(b"\xa9ART", "Gemeente Waterveen")))
    head = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 4000) + b"\0" * 80)
    put(f"{BAD}/Rondleiding machinekamer.mp4", box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", head + box(b"udta", meta)))


# --- wat alleen te herkennen is: het begin van zo'n bestand, meer niet ---

def recognised():
    put(f"{OUD}/Post/Postvak IN.dbx", b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f\x66\xe3\xd1\x11\x9a\x4e\0\xc0\x4f\xa3\x09\xd4".ljust(1024, b"\0"))
    put(f"{OUD}/Post/secretaris.nsf", b"\x1a\0\0\x04\0\0".ljust(1024, b"\0"))
    put(f"{OUD}/Tekeningen/Kleedkamers 1986.dwg", b"AC1009\0\0\0\0\0\0".ljust(512, b"\0"))
    put(f"{OUD}/Reservekopie/RAADHUIS.BKF", b"TAPE\0\0\x03\0".ljust(1024, b"\0"))
    put(f"{OUD}/Tekeningen/Pont dwarsdoorsnede.ps", "%!PS-Adobe-3.0\n%%Title: Pont dwarsdoorsnede\n72 72 moveto 200 200 lineto stroke\nshowpage\n%%EOF\n")


for step in [texts, chats, wordperfect, lotus, opendocument, visio, iwork, onenote, mail, archives, database, pictures, sound, recognised]:
    step()
shutil.rmtree(WERK)
