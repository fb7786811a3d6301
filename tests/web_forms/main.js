// Shows the form named in the address, and keeps what would go to a server in `sent` for whoever looks on.
import { createApp, h } from 'vue';
import { OdkWebForm, POST_SUBMIT__NEW_INSTANCE, webFormsPlugin } from '@getodk/web-forms';

const asked = new URL(globalThis.location.href).searchParams;
const formXml = await (await fetch(asked.get('form'))).text();

async function part(name, file) {
  if (name === 'xml_submission_file') {
    return { name, file: file.name, type: file.type, text: await file.text() };
  }
  const { width, height } = await createImageBitmap(file);
  return { name, file: file.name, type: file.type, width, height };
}

async function keep(payload, finished) {
  const parts = payload.data.flatMap((data) => [...data.entries()]);
  globalThis.sent = { status: payload.status, parts: await Promise.all(parts.map(([name, file]) => part(name, file))) };
  finished({ next: POST_SUBMIT__NEW_INSTANCE });
}

const page = createApp({
  render: () =>
    h(OdkWebForm, {
      formXml,
      fetchFormAttachment: (address) => fetch(`attachments/${address.pathname.split('/').pop()}`),
      missingResourceBehavior: 'ERROR',
      trackDevice: true,
      onSubmit: keep,
    }),
});
page.use(webFormsPlugin);
page.mount('#form');
