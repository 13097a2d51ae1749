declare module 'oled-font-5x7' {
  /** Each letter of `lookup` is `width` bytes of `fontData`: a column each, the lowest bit on top. */
  const font: { width: number; height: number; fontData: number[]; lookup: string[] };
  export default font;
}
