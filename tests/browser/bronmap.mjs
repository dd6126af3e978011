// A small source folder of its own: a thread of mails, copies, a chat, a letter with a deletion, and files that cannot be read. Never tests
// anything itself.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const two = (number) => String(number).padStart(2, "0");

/** A mail with a plain body. */
function mail({ id, answers = [], day, from, to, subject, body, attachment }) {
  const head = [
    `From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Date: ${day} Mar 2024 09:00:00 +0100`,
    `Message-ID: <${id}@voorbeeld.nl>`,
    ...(answers.length > 0
      ? [`In-Reply-To: <${answers.at(-1)}@voorbeeld.nl>`, `References: ${answers.map((one) => `<${one}@voorbeeld.nl>`).join(" ")}`]
      : []),
    "MIME-Version: 1.0",
  ];
  const plain = `Content-Type: text/plain; charset=utf-8\r\n\r\n${body.replaceAll("\n", "\r\n")}\r\n`;
  if (attachment === undefined) return `${head.join("\r\n")}\r\n${plain}`;
  return `${head.join("\r\n")}\r\nContent-Type: multipart/mixed; boundary="grens"\r\n\r\n--grens\r\n${plain}` +
    `--grens\r\nContent-Type: ${attachment.type ?? "text/plain; charset=utf-8"}; name="${attachment.name}"\r\n` +
    `Content-Disposition: attachment; filename="${attachment.name}"\r\n\r\n` +
    `${attachment.text.replaceAll("\n", "\r\n")}\r\n--grens--\r\n`;
}

const jan = "Jan de Wit <jan@voorbeeld.nl>";
const els = "Els Boom <els@voorbeeld.nl>";
const first = "Kunnen we maandag naar de kadeverzakking kijken?\nDe damwand wijkt twintig centimeter.";
const second = `Ja, om tien uur bij de sluis.\n\nJan de Wit schreef:\n${first.split("\n").map((line) => `> ${line}`).join("\n")}`;

/** WhatsApp on Android: three days, forty messages a day; what is asked for stands on the first and the last. */
function chat() {
  const lines = ["14-03-2024 08:00 - Jan de Wit heeft de groep \"Kade\" gemaakt"];
  for (const day of [14, 15, 18]) {
    for (let minute = 0; minute < 40; minute += 1) {
      const who = minute % 2 === 0 ? "Jan de Wit" : "Fatima Aziz";
      const what = { 5: "Ik ben er over een kwartier\nals de brug open is", 6: "Dit bericht is verwijderd" }[minute];
      const hit = (day === 14 && minute === 20) || (day === 18 && minute === 30);
      const text = hit ? "De zinkput loopt over" : what ?? `Bericht ${minute} van de ${day}e`;
      lines.push(`${day}-03-2024 09:${two(minute)} - ${who}: ${text}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const paragraph = (number) => `Paragraaf ${number} van het plan gaat over de damwand, het talud, de sluisdeur en de ` +
  `vergunning voor het werk in week ${number + 10}, waarvan de kosten bij begroting ${number * 7} zijn opgenomen.\n`;
const plan = Array.from({ length: 40 }, (_, number) => paragraph(number)).join("\n");

/** Makes the folder; gives its path and a way to remove it. */
export async function makeSource() {
  const folder = await mkdtemp(join(tmpdir(), "zv-bron-"));
  const source = join(folder, "dossier kade");
  const write = async (path, content) => {
    await mkdir(join(source, path, ".."), { recursive: true });
    await writeFile(join(source, path), content);
  };
  const letter = { name: "bijlage.eml", type: "message/rfc822", text: mail({ id: "los", day: "1", from: els, to: jan,
    subject: "Eerdere melding", body: "De eerdere melding over de oeverzwaluw.",
    attachment: { name: "foto's.txt", text: "Lijst van foto's van de oeverzwaluw." } }) };
  await write("mail/1.eml", mail({ id: "een", day: "4", from: jan, to: els, subject: "Kadeverzakking", body: first }));
  await write("mail/2.eml", mail({ id: "twee", answers: ["een"], day: "5", from: els, to: jan,
    subject: "RE: Kadeverzakking", body: second }));
  await write("mail/3.eml", mail({ id: "drie", answers: ["een", "twee"], day: "6", from: jan, to: els,
    subject: "RE: Kadeverzakking", body: "Dank, ik neem de tekeningen mee.", attachment: letter }));
  await write("chat/WhatsApp-gesprek met Kade.txt", chat());
  await write("plan/plan van aanpak.txt", plan);
  await write("plan/kopie/plan van aanpak.txt", plan);
  await write("plan/plan van aanpak v2.txt", plan.replace("Paragraaf 3 ", "Onderdeel drie "));
  for (let number = 0; number < 25; number += 1) await write(`tekening/${two(number)}.dwg`, `AC1032${"\0".repeat(200)}${number}`);
  await write("brief/concept.rtf", "{\\rtf1\\ansi De gemeente eist de {\\deleted achterstallige }betaling voor 1 juni.\\par}");
  await write("stuk/half.zip", Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(300, 7)]));
  return { source, remove: () => rm(folder, { recursive: true, force: true }) };
}
