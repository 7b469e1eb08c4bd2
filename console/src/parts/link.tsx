// A link to a page of the console, as the library draws links.
import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';

type Props = AnchorProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

const Drawn = forwardRef<HTMLAnchorElement, Props>((props, ref) => <Anchor ref={ref} underline="always" c="bright" inherit {...props} />);
Drawn.displayName = 'Drawn';

export const PageLink = createLink(Drawn);
