/**
 * Draws docs/overlap.svg: the products of a small transposed convolution, stacked on the output
 * elements on which they land. `npm run generate` writes it. A test fails if it is out of date.
 *
 * The picture must be readable on white and on dark pages. Text outside of tiles is therefore
 * medium grey, and tiles have light fills with dark text. It has plain attributes only, because
 * pages that show SVG files as images may remove style sheets.
 */

/** The parameters of the drawn layer, and of one dimension in general. */
export interface PictureLayer {
  readonly l_in: number;
  readonly kernel_size: number;
  readonly stride: number;
  readonly padding: number;
}

export const PICTURE_LAYER: PictureLayer = { l_in: 4, kernel_size: 4, stride: 2, padding: 1 };

interface Product {
  readonly input: number;
  readonly tap: number;
  /** The output element on which it lands. Padding crops products outside of [0, l_out). */
  readonly position: number;
}

function productsOf({ l_in, kernel_size, stride, padding }: PictureLayer): Product[] {
  return Array.from({ length: l_in * kernel_size }, (_, i) => {
    const input = Math.floor(i / kernel_size);
    const tap = i % kernel_size;
    return { input, tap, position: input * stride + tap - padding };
  });
}

function outputLength({ l_in, kernel_size, stride, padding }: PictureLayer): number {
  return (l_in - 1) * stride - 2 * padding + kernel_size;
}

/** The overlap pattern y: how many products land on each output element. */
export function pictureOverlap(layer: PictureLayer): number[] {
  const products = productsOf(layer);
  return Array.from(
    { length: outputLength(layer) },
    (_, element) => products.filter(({ position }) => position === element).length,
  );
}

const WIDTH = 760;
const COLUMN = 64;
const TILE_HEIGHT = 30;
const GAP = 4;
const TILES_TOP = 76;
const GREY = "#747c86";
/** A fill for each input element. */
const FILLS = ["#9ecbff", "#ffd8a8", "#b7e4a8", "#e2b9f0"];

function text(
  x: number,
  y: number,
  content: string,
  { size = 13, fill = GREY, anchor = "middle", weight = "normal" } = {},
): string {
  const font = `font-family="sans-serif" font-size="${size}" font-weight="${weight}"`;
  const place = `text-anchor="${anchor}" fill="${fill}"`;
  return `<text x="${x}" y="${y}" ${font} ${place}>${content}</text>`;
}

/** docs/overlap.svg. */
export function overlapPicture(layer: PictureLayer = PICTURE_LAYER): string {
  const { l_in, kernel_size, stride, padding } = layer;
  const products = productsOf(layer);
  const lOut = outputLength(layer);
  const overlap = pictureOverlap(layer);
  const isCropped = ({ position }: Product) => position < 0 || position >= lOut;
  const taps = products.filter((product) => !isCropped(product)).length;

  const positions = products.map(({ position }) => position);
  const first = Math.min(...positions, 0);
  const last = Math.max(...positions, lOut - 1);
  const left = (WIDTH - (last - first + 1) * COLUMN) / 2;
  const columnLeft = (position: number) => left + (position - first) * COLUMN;
  const centre = (position: number) => columnLeft(position) + COLUMN / 2;
  const levels = Math.max(...overlap, 1);
  const axis = TILES_TOP + levels * (TILE_HEIGHT + GAP);

  const heights = new Map<number, number>();
  const tiles = products.map((product) => {
    const { input, tap, position } = product;
    const level = heights.get(position) ?? 0;
    heights.set(position, level + 1);
    const x = columnLeft(position) + GAP / 2;
    const y = axis - (level + 1) * (TILE_HEIGHT + GAP);
    const style = isCropped(product)
      ? `fill="url(#hatch)" stroke="${GREY}" stroke-dasharray="4 3"`
      : `fill="${FILLS[input % FILLS.length]}" stroke="#57606a"`;
    const label = text(x + (COLUMN - GAP) / 2, y + 20, `x${input}·w${tap}`, {
      fill: isCropped(product) ? GREY : "#1f2328",
    });
    const size = `width="${COLUMN - GAP}" height="${TILE_HEIGHT}"`;
    return `<rect x="${x}" y="${y}" ${size} rx="4" ${style}/>${label}`;
  });
  const elements = overlap.map((count, element) => {
    const x = columnLeft(element) + GAP / 2;
    return [
      `<rect x="${x}" y="${axis + 6}" width="${COLUMN - GAP}" height="${TILE_HEIGHT}" ` +
        `fill="none" stroke="${GREY}" stroke-width="1.5"/>`,
      text(centre(element), axis + 26, `out ${element}`),
      text(centre(element), axis + 62, String(count), { size: 16, weight: "bold" }),
    ].join("");
  });
  const cropped = [...new Set(products.filter(isCropped).map(({ position }) => position))];
  const croppedLabels = cropped.map((position) => text(centre(position), axis + 26, "cropped"));

  const all = l_in * kernel_size;
  const shape = `l_in ${l_in}, kernel_size ${kernel_size}, stride ${stride}, padding ${padding}`;
  const heading = `ConvTranspose1d: ${shape}`;
  const rule =
    `Product x[i]·w[k] lands on output ${stride}·i + k - ${padding}. ` +
    "Padding crops the hatched ones.";
  const result = `taps = ${overlap.join(" + ")} = ${taps} products for each pair of channels`;
  const others =
    `Other counters say ${all} (l_in · kernel_size) or ` +
    `${lOut * kernel_size} (l_out · kernel_size)`;
  const height = axis + 132;
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  const hatch = `<rect width="2" height="7" fill="${GREY}" fill-opacity="0.3"/>`;
  const tiling = 'width="7" height="7" patternUnits="userSpaceOnUse"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>Where the products of a transposed convolution land</title>
<desc>${heading}. ${result}. ${others}.</desc>
<defs><pattern id="hatch" ${tiling} patternTransform="rotate(45)">${hatch}</pattern></defs>
${text(WIDTH / 2, 24, heading, { size: 16, weight: "bold" })}
${text(WIDTH / 2, 48, rule)}
${tiles.join("\n")}
${elements.join("\n")}
${croppedLabels.join("\n")}
${text(left - 8, axis + 62, "y", { size: 16, weight: "bold", anchor: "end" })}
${text(WIDTH / 2, axis + 94, result, { size: 16, weight: "bold" })}
${text(WIDTH / 2, axis + 118, others)}
</svg>
`;
}
