import { Download } from "lucide-react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { useT } from "@/i18n";

const FORMATS = [
  ["csv", "team.audit.csv"],
  ["jsonl", "team.audit.json"],
] as const;

/** The whole log as a file: the browser fetches it itself, however long it is. */
export function Exports() {
  const t = useT();
  if (!useMay("audit:export")) return null;
  return FORMATS.map(([format, name]) => (
    <Button key={format} asChild>
      <a href={`/api/v1/audit/export?format=${format}`} download>
        <Download size={16} aria-hidden="true" />
        {t(name)}
      </a>
    </Button>
  ));
}
