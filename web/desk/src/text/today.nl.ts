// The words for the figures of today, in Dutch.

import type { today as english } from './today.en';

export const today: typeof english = {
  heading: 'Vandaag',
  of: (queue) => `Vandaag: ${queue}`,
  day: 'Dag',
  dayBefore: 'De dag ervoor',
  dayAfter: 'De dag erna',
  waitingThen: 'Wachtend aan het eind',
  waitingThenIs: 'Hoeveel gesprekken er in een wachtrij stonden toen de dag voorbij was.',
  byQueueThen: 'De hele dag, per wachtrij',
  zone: (zone) => `Tijdzone ${zone}`,
  nothingYet: 'Er is nog niets geteld.',
  none: 'geen cijfers',
  interval: 'Grafiek per',
  intervals: { HOUR: 'Uur', QUARTER_HOUR: 'Kwartier' },
  wall: 'Wallboard',
  wallHint: 'Groot en zonder knoppen, voor een scherm aan de muur. Met Escape ga je eruit.',
  figures: {
    waiting: 'Nu wachtend',
    serviceLevel: 'Serviceniveau',
    abandoned: 'Afgehaakt',
    speed: 'Gemiddelde wachttijd',
    handle: 'Behandeltijd',
    sentiment: 'Klantgevoel',
  },
  definitions: {
    waiting:
      'Hoeveel gesprekken er op dit moment in een wachtrij staan tot iemand ze oppakt. Wat aan een medewerker is aangeboden wacht nog steeds, en wat terugkwam in een wachtrij wacht opnieuw.',
    serviceLevel:
      'Van alle keren dat het wachten ophield doordat een medewerker opnam of de klant vertrok: het deel waarin een medewerker op tijd was. Wat op tijd is, staat per werkstroom ingesteld; zolang niemand het wijzigde 20 seconden voor telefoon en 60 voor berichten. Klanten die meteen weer weg waren tellen niet mee.',
    abandoned:
      'Van alle keren dat het wachten ophield doordat een medewerker opnam of de klant vertrok: het deel waarin de klant vertrok. Klanten die meteen weer weg waren tellen niet mee.',
    speed:
      'Hoe lang het gemiddeld duurde tot een medewerker een gesprek uit de wachtrij oppakte. Het telt in het uur waarin het werd opgepakt.',
    handle:
      'Hoe lang medewerkers gemiddeld met een gesprek bezig waren. De tijd dat het opzij lag en de tijd om het af te sluiten horen er niet bij. Het telt zodra de medewerker ermee klaar is.',
    sentiment:
      'Hoe berichten van klanten gemiddeld klonken, van −1,00 voor zeer ontevreden tot +1,00 voor zeer tevreden. Daaronder: hoeveel berichten zo ontevreden waren dat ze een melding geven.',
  },
  whatIs: (figure) => `Wat ${figure} betekent`,
  draw: (figure) => `${figure} over de dag`,
  longest: (time) => `langste ${time}`,
  inTime: (within, cases) => `${within} van ${cases} op tijd`,
  left: (left, cases) => `${left} van ${cases} vertrokken`,
  nineInTen: (time) => `negen van de tien binnen ${time}`,
  handled: (count) => (count === 1 ? '1 behandeld' : `${count} behandeld`),
  unhappy: (unhappy, all) => `${unhappy} van ${all} berichten zeer ontevreden`,
  overTheDay: (figure) => `${figure} over de dag`,
  chartOf: (figure) => `Grafiek: ${figure} over de dag, per wachtrij. De tabel eronder heeft dezelfde cijfers.`,
  asTable: 'Hetzelfde als tabel',
  notDrawn: 'De grafiek kan niet worden geladen. De tabel eronder heeft de cijfers; laad de pagina opnieuw om het nog eens te proberen.',
  mostDrawn: (most) => `De eerste ${most} wachtrijen zijn getekend; de tabel heeft ze allemaal.`,
  byQueue: 'Vandaag tot nu toe, per wachtrij',
  all: 'Alles samen',
  from: 'Vanaf',
  upToNow: 'Geteld tot nu.',
  behind: (seconds) => (seconds === 1 ? 'Geteld tot 1 seconde geleden.' : `Geteld tot ${seconds} seconden geleden.`),
  countedTo: (time) => `Geteld tot ${time}; de rest volgt.`,
  complete: 'Er ontbreekt niets.',
  completeSince: (time) => `Volledig sinds ${time}.`,
};
