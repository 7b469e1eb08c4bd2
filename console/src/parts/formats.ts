// How numbers and dates are written in a language, for the console and the pages for members. What does it costs
// more to make than all that is said with it: each is made once, when it is first asked for.
function keep<Options, Format>(make: (language: string, options: Options) => Format) {
  const made = new Map<string, Format>();
  return (language: string, options: Options) => {
    const key = language + JSON.stringify(options);
    const format = made.get(key) ?? make(language, options);
    made.set(key, format);
    return format;
  };
}

export const numberFormat = keep((language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options));

export const dateFormat = keep((language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options));
