// The signed-in frame: menu on the left, search and account on top, the page, and the two panels any page can open.
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { Drawer, Menu, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { useTexts } from "./texts.ts";
import { useWaitingCount } from "../features/approvals/queries.ts";
import { WhyDrawer } from "../features/entries/why-drawer.tsx";
import { ReceiptDrawer } from "../features/purchases/receipt-drawer.tsx";
import { LanguageSwitch } from "./language.tsx";
import styles from "./layout.module.css";
import { NAVIGATION } from "./navigation.ts";
import { openPalette, Palette } from "./palette.tsx";
import { logOut, useMayOpen, useMe } from "./session.ts";

export function Layout(): ReactElement {
  const { t } = useTexts();
  const [menuOpen, menu] = useDisclosure(false);
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      <aside className={styles.side}>
        <Brand />
        <Navigation />
      </aside>
      <Drawer
        opened={menuOpen}
        onClose={menu.close}
        size={260}
        padding={0}
        title={<Brand />}
        closeButtonProps={{ "aria-label": t("common:close") }}
      >
        <Navigation onChoose={menu.close} />
      </Drawer>
      <header className={styles.top}>
        <UnstyledButton className={styles.burger} onClick={menu.open} aria-label={t("nav.open")}>
          <Icon name="menu" size={20} />
        </UnstyledButton>
        <SearchButton />
        <div className={styles.tools}>
          <LanguageSwitch />
          <Account />
        </div>
      </header>
      <main className={styles.main} id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Palette />
      <ReceiptDrawer />
      <WhyDrawer />
    </div>
  );
}

function Brand(): ReactElement {
  return (
    <Link to="/" className={styles.brand}>
      <Mark size={30} />
      <span className={styles.wordmark}>Enishi</span>
    </Link>
  );
}

function Navigation({ onChoose }: { onChoose?: () => void }): ReactElement {
  const { t } = useTexts();
  const mayOpen = useMayOpen();
  const waiting = useWaitingCount(mayOpen({ permission: "points.approve" }));
  return (
    <nav className={styles.nav} aria-label={t("nav.label")}>
      {NAVIGATION.map((group) => {
        const pages = group.pages.filter(mayOpen);
        if (pages.length === 0) return null;
        return (
          <div key={group.pages[0]?.key} className={styles.group}>
            {group.key !== null && <p className={styles.groupName}>{t(`nav.${group.key}`)}</p>}
            {pages.map((page) => (
              <Link
                key={page.key}
                to={page.to}
                className={styles.item}
                activeOptions={{ exact: page.to === "/", includeSearch: false }}
                onClick={onChoose}
                title={t(`nav.${page.key}`)}
              >
                <Icon name={page.icon} size={19} />
                <span>{t(`nav.${page.key}`)}</span>
                {page.key === "approvals" && waiting > 0 && (
                  <b className={styles.badge} aria-label={t("adjusting.approvals.badge", { n: badge(waiting) })}>
                    {badge(waiting)}
                  </b>
                )}
              </Link>
            ))}
          </div>
        );
      })}
    </nav>
  );
}

const COUNTED_MOST = 100;

/** The server counts no further than a hundred. */
function badge(waiting: number): string {
  return waiting >= COUNTED_MOST ? `${COUNTED_MOST - 1}+` : String(waiting);
}

function SearchButton(): ReactElement {
  const { t } = useTexts();
  const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  useEffect(() => {
    // "/" is the quick way into the search, unless the person is typing somewhere.
    const listen = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (event.key !== "/" || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      openPalette();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  return (
    <UnstyledButton className={styles.search} onClick={openPalette} aria-keyshortcuts="Meta+K Control+K /">
      <Icon name="search" size={17} />
      <span className={styles.searchText}>{t("palette.placeholder")}</span>
      <kbd>{apple ? "⌘K" : "Ctrl K"}</kbd>
    </UnstyledButton>
  );
}

function Account(): ReactElement {
  const { t } = useTexts();
  const me = useMe();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    await logOut();
    await navigate({ to: "/login", search: {} });
  };
  return (
    <Menu position="bottom-end" width={264} shadow="lg" radius="lg">
      <Menu.Target>
        <UnstyledButton className={styles.account} aria-label={`${t("nav.account")}: ${me.display_name}`}>
          <span className={styles.avatar}>{[...me.display_name][0]}</span>
          <span className={styles.accountName}>{me.display_name}</span>
          <Icon name="chevronDown" size={15} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <strong>{me.display_name}</strong>
          <span>{me.login}</span>
          {me.roles.map((role) => (
            <span key={role.role} className={styles.role}>
              {role.name} · {role.stores === null ? t("nav.allStores") : t("nav.stores", { n: role.stores.length })}
            </span>
          ))}
        </div>
        <Menu.Divider />
        {me.permissions.includes("counter.use") && (
          <Menu.Item component="a" href="/counter/" leftSection={<Icon name="store" size={17} />}>
            {t("login.counter")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Icon name="signOut" size={17} />} onClick={() => void leave()}>
          {t("common:signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
