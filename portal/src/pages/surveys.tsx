// What the shop asks: one question after the other, each by what was answered before. Nothing is kept until the
// last is sent.
import { useId, useState } from 'preact/hooks';
import { type Asked, type Progress, type ToAnswer, type ToAnswers, ask } from '../api';
import type { Given } from '../app';
import { Section, Waits, useAsked } from '../parts';
import { said, t, wrong } from '../words';

type Answer = { question: string; number?: number; options?: string[]; text?: string };

export function Surveys({ again }: Given) {
  const { answer, fault, again: reload } = useAsked(() => ask<ToAnswers>('GET', '/v1/me/surveys'), []);
  const [thanked, setThanked] = useState('');
  const done = async (thanks: string) => {
    setThanked(thanks);
    await reload();
    await again();
  };
  return (
    <>
      <h1>{t('surveys')}</h1>
      <p role="status">{thanked}</p>
      {!answer ? (
        <Waits fault={fault} again={reload} />
      ) : answer.items.length === 0 ? (
        <p class="quiet">{t('surveys.none')}</p>
      ) : (
        answer.items.map((own) => <Questions key={own.asking} survey={own} done={done} />)
      )}
    </>
  );
}

function Questions({ survey, done }: { survey: ToAnswer; done: (thanks: string) => Promise<void> }) {
  const [given, setGiven] = useState<Answer[]>([]);
  const [question, setQuestion] = useState<Asked>(survey.first);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const say = (words: Record<string, string>) => said(words, survey.language);
  const answer = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const all = [...given, { question: question.id, ...read(question, form.getAll('answer').map(String)) }];
    const path = `/v1/me/surveys/${encodeURIComponent(survey.asking)}`;
    setBusy(true);
    setFault('');
    try {
      let came = await ask<Progress>('POST', path, { answers: all, send: false });
      if (came.state === 'open' && !came.next) came = await ask<Progress>('POST', path, { answers: all, send: true });
      if (came.next) {
        setGiven(all);
        setQuestion(came.next);
      } else await done(say(survey.thanks));
    } catch (error) {
      setFault(wrong(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title={say(survey.title)} lead={given.length === 0 ? say(survey.lead) : undefined}>
      <form onSubmit={answer} key={question.id}>
        <Ask question={question} says={say} />
        {!question.needed && <p class="quiet">{t('surveys.optional')}</p>}
        <button type="submit" disabled={busy} aria-busy={busy}>
          {t('surveys.next')}
        </button>
        {fault && (
          <p class="wrong" role="alert">
            {fault}
          </p>
        )}
      </form>
    </Section>
  );
}

/** What a form says to a question. */
function read(question: Asked, values: string[]): Omit<Answer, 'question'> {
  if (question.kind === 'several') return { options: values };
  const [value] = values;
  if (value === undefined || value.trim() === '') return {};
  if (question.kind === 'one') return { options: [value] };
  return question.kind === 'text' ? { text: value } : { number: Number(value) };
}

function Ask({ question, says }: { question: Asked; says: (words: Record<string, string>) => string }) {
  const id = useId();
  const { kind, least, most, needed } = question;
  if (kind === 'text')
    return (
      <div class="field">
        <label for={id}>{says(question.says)}</label>
        <textarea id={id} name="answer" rows={5} maxLength={4000} required={needed} />
      </div>
    );
  if (typeof least !== 'number' || typeof most !== 'number')
    return (
      <fieldset>
        <legend>{says(question.says)}</legend>
        {question.options.map((own) => (
          <label key={own.id} class="option">
            <input type={kind === 'one' ? 'radio' : 'checkbox'} name="answer" value={own.id} required={needed && kind === 'one'} /> {says(own.says)}
          </label>
        ))}
      </fieldset>
    );
  const numbers = Array.from({ length: most - least + 1 }, (_, at) => least + at);
  return (
    <fieldset>
      <legend>{says(question.says)}</legend>
      <div class="scale">
        {numbers.map((number) => (
          <label key={number}>
            <input type="radio" name="answer" value={number} required={needed} />
            {number}
          </label>
        ))}
      </div>
      <p class="ends quiet">
        <span>
          {least}: {t(`scale.${kind}.least`)}
        </span>
        <span>
          {most}: {t(`scale.${kind}.most`)}
        </span>
      </p>
    </fieldset>
  );
}
