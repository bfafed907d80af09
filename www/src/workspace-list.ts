/** A workspace in rows: its files, and what is open in each. */
import type { OfferedImage } from "carta-resume";
import { h } from "./dom.js";
import { many } from "./words.js";

export interface Contents {
  readonly images: readonly OfferedImage[];
  readonly catalogs: readonly {
    readonly fileId: number;
    readonly name: string;
    readonly directory: string;
  }[];
  /** Whether it may be what crashes the backend. */
  readonly suspected?: { readonly images: number[]; readonly catalogs: number[] };
}

export function rows({ images, catalogs, suspected }: Contents): HTMLElement[] {
  const marked = (details: string, isSuspected?: boolean) =>
    isSuspected ? `${details} · may crash the backend` : details;
  const row = (name: string, folder: string, details: string) => {
    const title = h("span", { className: "file-name", title: folder }, name);
    return h("li", {}, title, h("span", { className: "file-detail" }, details));
  };
  return [
    ...images.map((image) =>
      row(
        image.file,
        image.directory,
        marked(details(image), suspected?.images.includes(image.fileId)),
      ),
    ),
    ...catalogs.map(({ fileId, name, directory }) =>
      row(name, directory, marked("catalog", suspected?.catalogs.includes(fileId))),
    ),
  ];
}

function details({ channel, stokes, regionCount, hasContours }: OfferedImage): string {
  const parts = [`channel ${channel}`];
  if (stokes > 0) parts.push(`Stokes ${stokes}`);
  parts.push(many(regionCount, "region"));
  if (hasContours) parts.push("contours");
  return parts.join(" · ");
}

/** As numbers: "2 images", "3 regions". */
export function counts({ images, catalogs }: Contents): string[] {
  const regions = images.reduce((sum, image) => sum + image.regionCount, 0);
  const parts: [number, string][] = [
    [images.length, "image"],
    [regions, "region"],
    [catalogs.length, "catalog"],
  ];
  return parts.filter(([count]) => count > 0).map(([count, word]) => many(count, word));
}

/** Named after its first file. */
export function titleOf({ images, catalogs }: Contents): string {
  const names = [...images.map(({ file }) => file), ...catalogs.map(({ name }) => name)];
  const [first = "Nothing", ...more] = names;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
