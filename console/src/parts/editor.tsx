// A plain field for a program file, with the numbers of the lines beside it and what is wrong marked
// at its line. It is a text area: every keyboard and screen reader knows how to use it.
import { forwardRef, useImperativeHandle, useMemo, useRef } from 'react';
import type { Finding } from '../api/client';

export type EditorHandle = { goTo: (line: number, column: number) => void };

export const Editor = forwardRef<
  EditorHandle,
  { label: string; text: string; change: (text: string) => void; findings: Finding[]; readOnly?: boolean; describedBy?: string }
>(function Editor({ label, text, change, findings, readOnly, describedBy }, handle) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const count = useMemo(() => text.split('\n').length, [text]);
  const marks = useMemo(() => {
    const marks = new Map<number, Finding>();
    for (const finding of findings) if (finding.error || !marks.has(finding.line)) marks.set(finding.line, finding);
    return marks;
  }, [findings]);
  useImperativeHandle(handle, () => ({
    goTo: (line, column) => {
      const field = area.current;
      if (!field) return;
      const start = text.split('\n').slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0) + column - 1;
      field.focus();
      field.setSelectionRange(start, start);
      field.scrollTop = Math.max(0, (line - 6) * 20);
    },
  }));
  return (
    <div className="editor">
      <div className="gutter" ref={gutter} aria-hidden>
        {Array.from({ length: count }, (_, at) => {
          const mark = marks.get(at + 1);
          return (
            <div key={at} className={mark ? (mark.error ? 'wrong' : 'doubtful') : undefined} title={mark?.message}>
              {at + 1}
            </div>
          );
        })}
      </div>
      <textarea
        ref={area}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={findings.some((finding) => finding.error)}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        readOnly={readOnly}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
      />
    </div>
  );
});
