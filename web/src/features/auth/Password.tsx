import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/design/Button";
import { Field, INPUT } from "@/design/Field";
import { t } from "@/i18n";

/** A password, which can be looked at. `fresh`: a new one, with what is asked of it. */
export function PasswordField({
  value,
  onChange,
  error,
  fresh = false,
  label = t("auth.password"),
}: {
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  fresh?: boolean;
  label?: string;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} error={error} note={fresh ? t("auth.passwordNote") : undefined}>
      {(ids) => (
        <div className="relative">
          <input
            {...ids}
            type={shown ? "text" : "password"}
            name="password"
            required
            maxLength={256}
            autoComplete={fresh ? "new-password" : "current-password"}
            className={`${INPUT} pr-11`}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <IconButton
            label={shown ? t("auth.hide") : t("auth.show")}
            className="absolute right-0.5 top-1/2 -translate-y-1/2"
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={17} aria-hidden="true" /> : <Eye size={17} aria-hidden="true" />}
          </IconButton>
        </div>
      )}
    </Field>
  );
}
